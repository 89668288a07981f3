using System.Threading.Tasks.Sources;
using Bips.Waiting;

namespace Bips.Typed;

/// <summary>A pending pull whose lease is seen as that of a struct: whatever it is asked it asks the pull.</summary>
/// <remarks>
/// Nothing is allocated per pull as long as the pull is the same object, which it is where each result is awaited
/// before the next pull.
/// </remarks>
/// <param name="pull">The pull of bytes.</param>
/// <param name="convert">Sees its result as that of a struct.</param>
internal sealed class TypedPull<TLease, TTyped>(
    PendingPull<TLease> pull, Func<PullResult<TLease>, PullResult<TTyped>> convert)
    : IValueTaskSource<PullResult<TTyped>>
    where TLease : struct, IDisposable
    where TTyped : struct
{
    /// <summary>The pull of bytes.</summary>
    public PendingPull<TLease> Pull => pull;

    /// <summary>The pull that has begun and was not awaited yet.</summary>
    public ValueTask<PullResult<TTyped>> AsValueTask() => new(this, pull.Version);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => pull.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        pull.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    public PullResult<TTyped> GetResult(short token) => convert(pull.GetResult(token));
}
