using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Async;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips;

/// <content>Pulls that wait without a thread.</content>
public sealed unsafe partial class Consumer
{
    /// <summary>How long it stands that another consumer of this process found the producer alive.</summary>
    private const long FreshNanoseconds = 10_000_000;

    /// <summary>Where this consumer's waits sleep; null until the first one.</summary>
    private WaitedWord? _word;

    /// <summary>The newest pull, pending or not; null before the first that had to wait.</summary>
    private ConsumerPull? _pull;

    /// <summary>The newest set that waited for this consumer.</summary>
    private WaitSet? _set;

    /// <summary>Its descriptor for event loops; null until one was asked for.</summary>
    private ReadableEvent? _readable;

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

    /// <summary>
    /// A descriptor (an eventfd) for <c>epoll</c>, GLib, libuv and other event loops: readable while a pull without waiting would come to
    /// something but <see cref="PullStatus.TimedOut"/>.
    /// </summary>
    /// <remarks>
    /// <para>Level-triggered: pulls set and clear it, nobody reads or writes it. It is readable until the frames that are there have been
    /// taken, so one pull per event is enough; after the end of the stream it stays readable. Now and then it is readable for
    /// nothing (a frame that the overflow policy dropped): pull without waiting.</para>
    /// <para>The consumer owns it and closes it when disposed: take it out of the loop before. Made by the first call; from then
    /// on the process's waiting thread runs.</para>
    /// </remarks>
    /// <exception cref="BipsException"><see cref="BipsError.System"/> when there is no descriptor left, or
    /// <see cref="BipsError.ForkedChild"/>.</exception>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    public SafeHandle ReadableHandle
    {
        get
        {
            ThrowIfForked();
            WaitedWord word = WaitedWord();
            ReadableEvent readable;
            lock (WaitThread.Changes)
            {
                ObjectDisposedException.ThrowIf(_gate.IsClosed, this);
                if (_readable is not null)
                {
                    return _readable.Descriptor;
                }

                _readable = readable = new ReadableEvent(this, word);
            }

            WaitThread.Add(readable);
            return readable.Descriptor;
        }
    }

    /// <summary>Longest time between two looks for a dead producer.</summary>
    internal static TimeSpan Slice => s_slice;

    /// <summary>Whether a disposal waits for whoever is inside.</summary>
    internal bool IsClosing => _gate.IsClosed;

    /// <summary>Enters the gate on behalf of a set, which is woken when the consumer is disposed.</summary>
    /// <returns>False when it is disposed.</returns>
    internal bool TryEnter(WaitSet set)
    {
        if (!_gate.TryEnter())
        {
            return false;
        }

        _set = set;
        return true;
    }

    internal void Exit() => _gate.Exit();

    /// <summary>Where this consumer's waits sleep.</summary>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    internal WaitedWord WaitedWord()
    {
        lock (WaitThread.Changes)
        {
            ObjectDisposedException.ThrowIf(_gate.IsClosed, this);
            return _word ??= WaitThread.Register(
                ObjectFile.IdentityOf(_claim.Pool.File, _claim.Pool.Path, (byte*)SignalWord - (byte*)_claim.Pool.Header));
        }
    }

    internal ReadOnlyMemory<byte> PayloadMemory(int index, uint generation, int length)
    {
        ThrowIfEnded(index, generation);
        return _memories.Of(index, length);
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

    /// <summary>To be called when a pull is over and the waiting thread's lock is not held.</summary>
    internal void ClearUnlessReadable() => _readable?.ClearUnlessReadable();

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

    /// <summary>Nobody is inside any more, and nobody can begin to wait.</summary>
    private void StopWaiting()
    {
        lock (WaitThread.Changes)
        {
            _readable?.Close();
            if (_word is not null)
            {
                WaitThread.Forget(_word);
            }
        }
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
        long now = MonotonicClock.Nanoseconds;
        if (_word is not null && now - _word.PeerSeen < FreshNanoseconds)
        {
            _lostSince = 0;
            return null;
        }

        if (LivenessLock.IsHeldElsewhere(pool.File, PoolMemory.ProducerLockOffset))
        {
            _lostSince = 0;
            _word?.PeerSeen = now;
            return null;
        }

        if (!ObjectFile.IsLinkedAt(pool.File, _paths.Pool))
        {
            return PullStatus.PoolReplaced;
        }

        if (_lostSince == 0)
        {
            _lostSince = now;
        }

        return now - _lostSince >= _graceNanoseconds ? PullStatus.ProducerLost : null;
    }
}
