using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Bips.Signaler;
using Bips.Typed;
using Bips.Waiting;

namespace Bips;

/// <summary>
/// A <see cref="Consumer"/> of frames that are one or more values of a struct, read in place by reference.
/// </summary>
/// <remarks>
/// Refused at <see cref="Consumer.Open{T}"/> when the layout of <typeparamref name="T"/> is not that of the pool, with
/// what differs. Everything else, threads and crashes included, is as <see cref="Consumer"/> says.
/// </remarks>
/// <typeparam name="T">
/// A struct of the same layout as the producer's; its name and that of its type may differ.
/// </typeparam>
/// <example>
/// <code>
/// using var consumer = Consumer.Open&lt;Reading&gt;("imu");
/// while (consumer.Pull(out ReadLease&lt;Reading&gt; frame) == PullStatus.Success)
/// {
///     using (frame)
///     {
///         Process(in frame.Value);
///     }
/// }
/// </code>
/// </example>
public sealed class Consumer<[DynamicallyAccessedMembers(FrameLayout.Members)] T> : IDisposable
    where T : unmanaged
{
    /// <summary>The newest pull that was pending; null before the first.</summary>
    private TypedPull<StoredReadLease, StoredReadLease<T>>? _pull;

    private Consumer(Consumer untyped) => Untyped = untyped;

    /// <summary>The consumer of bytes behind this one, for all that has nothing to do with the type.</summary>
    public Consumer Untyped { get; }

    internal static Consumer<T> Open(string name, ConsumerOptions? options, CancellationToken cancellation)
    {
        var wanted = FrameLayout.Of<T>();
        var untyped = Consumer.Open(name, options, cancellation);
        try
        {
            ThrowUnlessAgreed(untyped.Pool, wanted);
            return new Consumer<T>(untyped);
        }
        catch
        {
            untyped.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="Consumer.Pull(out ReadLease)"/>
    public PullStatus Pull(out ReadLease<T> lease)
    {
        PullStatus status = Untyped.Pull(out ReadLease untyped);
        lease = Typed(untyped);
        return status;
    }

    /// <inheritdoc cref="Consumer.Pull(out ReadLease, TimeSpan, CancellationToken)"/>
    public PullStatus Pull(out ReadLease<T> lease, TimeSpan timeout, CancellationToken cancellation = default)
    {
        PullStatus status = Untyped.Pull(out ReadLease untyped, timeout, cancellation);
        lease = Typed(untyped);
        return status;
    }

    /// <inheritdoc cref="Consumer.TryPull"/>
    public bool TryPull(out ReadLease<T> lease)
    {
        bool success = Untyped.TryPull(out ReadLease untyped);
        lease = Typed(untyped);
        return success;
    }

    /// <inheritdoc cref="Consumer.PullAsync(CancellationToken)"/>
    public ValueTask<PullResult<StoredReadLease<T>>> PullAsync(CancellationToken cancellation = default) =>
        PullAsync(Deadline.Never, cancellation);

    /// <inheritdoc cref="Consumer.PullAsync(TimeSpan, CancellationToken)"/>
    public ValueTask<PullResult<StoredReadLease<T>>> PullAsync(
        TimeSpan timeout, CancellationToken cancellation = default) =>
        PullAsync(Deadline.After(timeout), cancellation);

    /// <inheritdoc cref="Consumer.ReadAllAsync"/>
    public async IAsyncEnumerable<StoredReadLease<T>> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (StoredReadLease frame in Untyped.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            yield return Typed(frame);
        }
    }

    /// <inheritdoc cref="Consumer.Dispose"/>
    public void Dispose() => Untyped.Dispose();

    private ValueTask<PullResult<StoredReadLease<T>>> PullAsync(Deadline deadline, CancellationToken cancellation)
    {
        ValueTask<PullResult<StoredReadLease>> pull = Untyped.Pulls.PullAsync(
            deadline, cancellation, out PendingPull<StoredReadLease>? pending);
        if (pending is not null)
        {
            _pull = _pull?.Pull == pending ? _pull : new TypedPull<StoredReadLease, StoredReadLease<T>>(pending, Typed);
            return _pull.AsValueTask();
        }

        return pull.IsCompletedSuccessfully
            ? new(Typed(pull.Result))
            : ValueTask.FromCanceled<PullResult<StoredReadLease<T>>>(cancellation);
    }

    private static PullResult<StoredReadLease<T>> Typed(PullResult<StoredReadLease> pulled) =>
        new(pulled.Status, Typed(pulled.Lease));

    private static void ThrowUnlessAgreed(PoolInfo pool, FrameLayout wanted)
    {
        if (FrameLayout.Parse(pool.Format) is not { } found)
        {
            throw new BipsException(BipsError.Incompatible,
                $"Pool '{pool.Name}' has frames of '{pool.Format}', not of a struct, and {wanted} is asked for. Open " +
                $"it with {nameof(Consumer)}, or have its producer be a {nameof(Producer)}<T>.");
        }

        if (!found.Agrees(wanted))
        {
            throw new BipsException(BipsError.Incompatible,
                $"Pool '{pool.Name}' has frames of {found}, and {wanted} is asked for: {found.DifferenceTo(wanted)}. " +
                "Build both sides from one definition of the struct.");
        }
    }

    private static ReadLease<T> Typed(ReadLease untyped)
    {
        Typed(untyped.Store());
        return new ReadLease<T>(untyped);
    }

    private static StoredReadLease<T> Typed(StoredReadLease untyped)
    {
        if (untyped.Length % Unsafe.SizeOf<T>() != 0)
        {
            untyped.Push();
            throw new BipsException(BipsError.Corrupt,
                $"Frame {untyped.Sequence} has {untyped.Length} bytes, which is no whole number of values of " +
                $"{Unsafe.SizeOf<T>()} bytes: its producer pushed bytes under the format of a struct. The frame was " +
                "given back; have its producer push whole values.");
        }

        return new StoredReadLease<T>(untyped);
    }
}
