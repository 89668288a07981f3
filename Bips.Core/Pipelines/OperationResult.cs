using System.Threading.Tasks.Sources;

namespace Bips.Pipelines;

/// <summary>The result of a read or flush that had to wait. One object serves one operation after the other.</summary>
/// <remarks>
/// What follows runs in the call that sets the result: <see cref="PipeOperation{TLease, TResult}"/> is then on the
/// thread pool, or where the scheduler says, and holds no lock.
/// </remarks>
internal sealed class OperationResult<TResult> : IValueTaskSource<TResult>
{
    private ManualResetValueTaskSourceCore<TResult> _source;

    /// <summary>Whether an operation has begun whose result was not fetched yet.</summary>
    public bool IsInUse { get; private set; }

    public ValueTask<TResult> Begin()
    {
        IsInUse = true;
        return new ValueTask<TResult>(this, _source.Version);
    }

    public void SetResult(TResult result) => _source.SetResult(result);

    public void SetException(Exception error) => _source.SetException(error);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    public TResult GetResult(short token)
    {
        if (_source.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The result of a read or flush that is not over was asked for: await " +
                "it, once.");
        }

        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _source.Reset();
            IsInUse = false;
        }
    }
}
