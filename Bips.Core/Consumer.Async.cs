using System.Runtime.CompilerServices;
using Bips.Async;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips;

/// <content>Pulls that wait without a thread.</content>
public sealed unsafe partial class Consumer
{
    /// <summary>Where this consumer's waits sleep; null until the first one.</summary>
    private WaitedWord? _word;

    /// <summary>The newest pull, pending or not; null before the first that had to wait.</summary>
    private ConsumerPull? _pull;

    /// <summary>A pull that is over and may be used again.</summary>
    private ConsumerPull? _sparePull;

    /// <summary>Waits for the next frame, however long it takes, without blocking a thread.</summary>
    /// <remarks>
    /// One pull at a time, of either kind, as for <see cref="Pull(out ReadLease)"/>; await the result once. Nothing is allocated, whether it
    /// has to wait or not, as long as each result is awaited before the next pull. What follows the <c>await</c> runs in the captured
    /// context or on the thread pool.
    /// </remarks>
    /// <param name="cancellation">Ends the wait; no frame is lost.</param>
    /// <returns>The frame, which the caller ends with <see cref="StoredReadLease.Push"/> or dispose, or why there is none.</returns>
    /// <exception cref="InvalidOperationException">Another pull of this consumer is pending.</exception>
    /// <inheritdoc cref="Pull(out ReadLease)" path="/exception"/>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; no frame is lost.</exception>
    public ValueTask<PullResult<StoredReadLease>> PullAsync(CancellationToken cancellation = default) =>
        PullAsync(Deadline.Never, cancellation);

    /// <summary>Waits for the next frame for a limited time, without blocking a thread.</summary>
    /// <param name="timeout">Zero looks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Never ends early.</param>
    /// <param name="cancellation">Ends the wait; no frame is lost.</param>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/remarks"/>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/exception"/>
    public ValueTask<PullResult<StoredReadLease>> PullAsync(TimeSpan timeout, CancellationToken cancellation = default) =>
        PullAsync(Deadline.After(timeout), cancellation);

    /// <summary>Every frame until the end of the stream.</summary>
    /// <remarks>The caller ends each lease; as many may be open at once as <see cref="ConsumerOptions.MaximumHeld"/> says.</remarks>
    /// <param name="cancellation">Ends the wait for the next frame; no frame is lost.</param>
    /// <exception cref="BipsException">
    /// The frames ended otherwise: <see cref="BipsError.ProducerLost"/> (enumerate again to wait for a successor),
    /// <see cref="BipsError.PoolReplaced"/> or <see cref="BipsError.Evicted"/> (open again); or as in a pull.
    /// </exception>
    /// <exception cref="ObjectDisposedException">Disposed before or during the wait.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    /// <example>
    /// <code>
    /// await foreach (StoredReadLease frame in consumer.ReadAllAsync(stopping))
    /// {
    ///     using (frame)
    ///     {
    ///         await file.WriteAsync(frame.Memory, stopping);
    ///     }
    /// }
    /// </code>
    /// </example>
    public async IAsyncEnumerable<StoredReadLease> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            PullResult<StoredReadLease> pulled = await PullAsync(cancellation).ConfigureAwait(false);
            if (pulled.IsSuccess)
            {
                yield return pulled.Lease;
            }
            else if (pulled.Status == PullStatus.EndOfStream)
            {
                yield break;
            }
            else
            {
                throw StreamErrors.Ended(pulled.Status, Pool.Name);
            }
        }
    }

    /// <summary>Longest time between two looks for a dead producer.</summary>
    internal static TimeSpan Slice => s_slice;

    internal ReadOnlyMemory<byte> PayloadMemory(int index, uint generation, int length)
    {
        ThrowIfEnded(index, generation);
        return _memories.Of(index, length);
    }

    /// <summary>What a pending pull does when there may be news: under the lock of the waiting thread, with the gate.</summary>
    internal bool TryEndPull(bool afterSlice, out PullResult<StoredReadLease> result)
    {
        PullStatus? end = null;
        if (!TryTake(out ReadLease lease))
        {
            // A frame that came with, or before, whatever ended the wait counts more.
            end = FindEnd(afterSlice);
            if (end is null || !TryTake(out lease))
            {
                result = new(end ?? PullStatus.TimedOut, default);
                return end is not null;
            }
        }

        result = new(PullStatus.Success, lease.Store());
        return true;
    }

    /// <summary>A pending pull is over.</summary>
    internal void LeavePull() => _gate.Exit();

    /// <summary>A pull has been awaited and may be used again.</summary>
    internal void Recycle(ConsumerPull pull) => _sparePull = pull;

    private ValueTask<PullResult<StoredReadLease>> PullAsync(Deadline deadline, CancellationToken cancellation)
    {
        ThrowIfForked();
        ObjectDisposedException.ThrowIf(!_gate.TryEnter(), this);
        bool isPending = false;
        try
        {
            if (_reader.IsEvicted)
            {
                return new(new PullResult<StoredReadLease>(PullStatus.Evicted, default));
            }

            ThrowUnlessRoom();
            if (TryTake(out ReadLease lease))
            {
                return new(new PullResult<StoredReadLease>(PullStatus.Success, lease.Store()));
            }

            if (deadline == Deadline.Immediate)
            {
                PullStatus status = WaitAndTake(out lease, deadline, cancellation);
                return new(new PullResult<StoredReadLease>(status, status == PullStatus.Success ? lease.Store() : default));
            }

            if (cancellation.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<PullResult<StoredReadLease>>(cancellation);
            }

            ConsumerPull pull = PreparePull();
            isPending = true;
            return Begin(pull, deadline, cancellation);
        }
        finally
        {
            if (!isPending)
            {
                _gate.Exit();
            }
        }
    }

    private ConsumerPull PreparePull()
    {
        _word ??= WaitThread.Register(
            ObjectFile.IdentityOf(_claim.Pool.File, _claim.Pool.Path, (byte*)SignalWord - (byte*)_claim.Pool.Header));
        ConsumerPull pull = _sparePull ?? new ConsumerPull(this, _word);
        _sparePull = null;
        _pull = pull;
        return pull;
    }

    private ValueTask<PullResult<StoredReadLease>> Begin(ConsumerPull pull, Deadline deadline, CancellationToken cancellation)
    {
        try
        {
            return pull.Begin(deadline, cancellation);
        }
        catch (OutOfMemoryException)
        {
            // There is no thread to be had: nobody waits, and nobody else would leave.
            _gate.Exit();
            throw;
        }
    }

    /// <summary>Why no frame will come, if so; a frame that is there counts more.</summary>
    /// <param name="afterSlice">Looks for a dead producer too, which costs a system call.</param>
    private PullStatus? FindEnd(bool afterSlice)
    {
        if (_reader.IsEvicted)
        {
            return PullStatus.Evicted;
        }

        return (PoolState)Ordering.LoadAcquire(ref _claim.Pool.State->State) switch // sync: state, step: wait_state
        {
            PoolState.Closed => PullStatus.EndOfStream,
            PoolState.Replaced => PullStatus.PoolReplaced,
            _ => afterSlice ? FindLoss() : null,
        };
    }

    private PullStatus? FindLoss()
    {
        PoolMemory pool = _claim.Pool;
        if (LivenessLock.IsHeldElsewhere(pool.File, PoolMemory.ProducerLockOffset))
        {
            _lostSince = 0;
            return null;
        }

        if (!ObjectFile.IsLinkedAt(pool.File, _paths.Pool))
        {
            return PullStatus.PoolReplaced;
        }

        long now = MonotonicClock.Nanoseconds;
        if (_lostSince == 0)
        {
            _lostSince = now;
        }

        return now - _lostSince >= _graceNanoseconds ? PullStatus.ProducerLost : null;
    }
}
