using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Bips.Signaler;
using Bips.Typed;
using Bips.Waiting;

namespace Bips;

/// <summary>
/// A <see cref="Producer"/> of frames that are one or more values of a struct, filled in place by reference.
/// </summary>
/// <remarks>
/// The layout of <typeparamref name="T"/>, field by field, is the pool's format, so a consumer of another layout is
/// refused. Everything else, threads and crashes included, is as <see cref="Producer"/> says.
/// </remarks>
/// <typeparam name="T">
/// A struct without references and pointers, whose layout is sequential or explicit; a number or an enum. Nested
/// structs, inline arrays and fixed buffers may be in it.
/// </typeparam>
/// <example>
/// <code>
/// using var producer = Producer.Create&lt;Reading&gt;("imu");
/// while (producer.Pull(out WriteLease&lt;Reading&gt; lease) == PullStatus.Success)
/// {
///     lease.Value.Acceleration = sensor.Read();      // straight into shared memory
///     lease.Push();
/// }
/// </code>
/// </example>
public sealed class Producer<[DynamicallyAccessedMembers(FrameLayout.Members)] T> : IDisposable
    where T : unmanaged
{
    /// <summary>The newest pull that was pending; null before the first.</summary>
    private TypedPull<StoredWriteLease, StoredWriteLease<T>>? _pull;

    private Producer(Producer untyped) => Untyped = untyped;

    /// <summary>The producer of bytes behind this one, for all that has nothing to do with the type.</summary>
    public Producer Untyped { get; }

    /// <summary>Most values that a frame has room for.</summary>
    public int Capacity => Untyped.Pool.BufferSize / Unsafe.SizeOf<T>();

    internal static Producer<T> Create(string name, PoolOptions? options)
    {
        PoolOptions typed = PoolOptions.ForFrames<T>();
        if (options is not null)
        {
            if (options.BufferSize < typed.BufferSize)
            {
                throw new ArgumentException(
                    $"A frame has {options.BufferSize} bytes and one value of '{typeof(T)}' {typed.BufferSize}; " +
                    $"begin with {nameof(PoolOptions)}.{nameof(PoolOptions.ForFrames)}.",
                    nameof(options));
            }

            typed = options with { Format = typed.Format };
        }

        return new Producer<T>(Producer.Create(name, typed));
    }

    /// <inheritdoc cref="Producer.Pull(out WriteLease)"/>
    public PullStatus Pull(out WriteLease<T> lease)
    {
        PullStatus status = Untyped.Pull(out WriteLease untyped);
        lease = new WriteLease<T>(untyped);
        return status;
    }

    /// <inheritdoc cref="Producer.Pull(out WriteLease, TimeSpan, CancellationToken)"/>
    public PullStatus Pull(out WriteLease<T> lease, TimeSpan timeout, CancellationToken cancellation = default)
    {
        PullStatus status = Untyped.Pull(out WriteLease untyped, timeout, cancellation);
        lease = new WriteLease<T>(untyped);
        return status;
    }

    /// <inheritdoc cref="Producer.TryPull"/>
    public bool TryPull(out WriteLease<T> lease)
    {
        bool success = Untyped.TryPull(out WriteLease untyped);
        lease = new WriteLease<T>(untyped);
        return success;
    }

    /// <inheritdoc cref="Producer.PullAsync(CancellationToken)"/>
    public ValueTask<PullResult<StoredWriteLease<T>>> PullAsync(CancellationToken cancellation = default) =>
        PullAsync(Deadline.Never, cancellation);

    /// <inheritdoc cref="Producer.PullAsync(TimeSpan, CancellationToken)"/>
    public ValueTask<PullResult<StoredWriteLease<T>>> PullAsync(
        TimeSpan timeout, CancellationToken cancellation = default) =>
        PullAsync(Deadline.After(timeout), cancellation);

    /// <inheritdoc cref="Producer.Dispose"/>
    public void Dispose() => Untyped.Dispose();

    private ValueTask<PullResult<StoredWriteLease<T>>> PullAsync(Deadline deadline, CancellationToken cancellation)
    {
        ValueTask<PullResult<StoredWriteLease>> pull = Untyped.Pulls.PullAsync(
            deadline, cancellation, out PendingPull<StoredWriteLease>? pending);
        if (pending is not null)
        {
            _pull = _pull?.Pull == pending
                ? _pull
                : new TypedPull<StoredWriteLease, StoredWriteLease<T>>(pending, Typed);
            return _pull.AsValueTask();
        }

        return pull.IsCompletedSuccessfully
            ? new(Typed(pull.Result))
            : ValueTask.FromCanceled<PullResult<StoredWriteLease<T>>>(cancellation);
    }

    private static PullResult<StoredWriteLease<T>> Typed(PullResult<StoredWriteLease> pulled) =>
        new(pulled.Status, new StoredWriteLease<T>(pulled.Lease));
}
