using System.Runtime.CompilerServices;
using Bips.Async;
using Bips.Signaler;

namespace Bips;

/// <content>Pulls that wait without a thread.</content>
public sealed unsafe partial class Consumer
{
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
        PullAsync(Deadline.Never, follower: null, cancellation, out _);

    /// <summary>Waits for the next frame for a limited time, without blocking a thread.</summary>
    /// <param name="timeout">Zero looks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Never ends early.</param>
    /// <param name="cancellation">Ends the wait; no frame is lost.</param>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/remarks"/>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/exception"/>
    public ValueTask<PullResult<StoredReadLease>> PullAsync(TimeSpan timeout, CancellationToken cancellation = default) =>
        PullAsync(Deadline.After(timeout), follower: null, cancellation, out _);

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

    internal ReadOnlyMemory<byte> PayloadMemory(int index, uint generation, int length)
    {
        ThrowIfEnded(index, generation);
        return _memories.Of(index, length);
    }

    /// <summary>As <see cref="PullAsync(CancellationToken)"/>, for whoever hands out the result as another type.</summary>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="pending">The pull, if it is pending: the result is to be fetched from it instead. Else null.</param>
    internal ValueTask<PullResult<StoredReadLease>> PullAsync(Deadline deadline, CancellationToken cancellation, out ConsumerPull? pending)
    {
        ValueTask<PullResult<StoredReadLease>> pull = PullAsync(deadline, follower: null, cancellation, out bool isPending);
        pending = isPending ? _pull : null;
        return pull;
    }

    /// <summary>Begins a pull whose result a follower fetches, where <see cref="PullAsync(CancellationToken)"/> is awaited.</summary>
    /// <param name="follower">Queued to the thread pool when the pull is over, perhaps before this returns.</param>
    /// <param name="cancellation">Ends the wait; no frame is lost.</param>
    /// <param name="pull">The result, to be asked for once: when the pull is over and this has returned.</param>
    /// <returns>Whether the pull is pending; else it is over already, and the follower is not queued.</returns>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/exception"/>
    internal bool BeginPull(IThreadPoolWorkItem follower, CancellationToken cancellation, out ValueTask<PullResult<StoredReadLease>> pull)
    {
        pull = PullAsync(Deadline.Never, follower, cancellation, out bool isPending);
        return isPending;
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

    private ValueTask<PullResult<StoredReadLease>> PullAsync(
        Deadline deadline, IThreadPoolWorkItem? follower, CancellationToken cancellation, out bool isPending)
    {
        isPending = false;
        ThrowIfForked();
        ObjectDisposedException.ThrowIf(!_gate.TryEnter(), this);
        try
        {
            if (_reader.IsEvicted)
            {
                return new(new PullResult<StoredReadLease>(PullStatus.Evicted, default));
            }

            ThrowUnlessRoom();
            if (!TryTake(out ReadLease lease))
            {
                return WaitAsync(deadline, follower, cancellation, out isPending);
            }

            _readable?.ClearUnlessReadable();
            return new(new PullResult<StoredReadLease>(PullStatus.Success, lease.Store()));
        }
        finally
        {
            if (!isPending)
            {
                _gate.Exit();
            }
        }
    }

    /// <summary>Nothing is there: waits, unless the deadline or a cancellation forbids it.</summary>
    private ValueTask<PullResult<StoredReadLease>> WaitAsync(
        Deadline deadline, IThreadPoolWorkItem? follower, CancellationToken cancellation, out bool isPending)
    {
        isPending = false;
        if (deadline == Deadline.Immediate)
        {
            PullStatus status = WaitAndTake(out ReadLease lease, deadline, cancellation);
            _readable?.ClearUnlessReadable();
            return new(new PullResult<StoredReadLease>(status, status == PullStatus.Success ? lease.Store() : default));
        }

        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<PullResult<StoredReadLease>>(cancellation);
        }

        ConsumerPull pull = PreparePull();
        isPending = true;
        return Begin(pull, deadline, follower, cancellation);
    }

    private ConsumerPull PreparePull()
    {
        ConsumerPull pull = _sparePull ?? new ConsumerPull(this, WaitedWord());
        _sparePull = null;
        _pull = pull;
        return pull;
    }

    private ValueTask<PullResult<StoredReadLease>> Begin(
        ConsumerPull pull, Deadline deadline, IThreadPoolWorkItem? follower, CancellationToken cancellation)
    {
        try
        {
            return pull.Begin(deadline, follower, cancellation);
        }
        catch (OutOfMemoryException)
        {
            // There is no thread to be had: nobody waits, and nobody else would leave.
            _gate.Exit();
            throw;
        }
    }
}
