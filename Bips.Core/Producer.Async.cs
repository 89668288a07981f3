using Bips.Async;
using Bips.Memory;
using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips;

/// <content>Pulls that wait without a thread.</content>
public sealed unsafe partial class Producer
{
    private readonly BufferMemories _memories;
    private readonly Action<LaneEviction>? _onEviction;

    /// <summary>Where this producer's waits sleep; null until the first one.</summary>
    private WaitedWord? _word;

    /// <summary>The newest pull, pending or not; null before the first that had to wait.</summary>
    private ProducerPull? _pull;

    /// <summary>The newest set that waited for this producer.</summary>
    private WaitSet? _set;

    /// <summary>A pull that is over and may be used again.</summary>
    private ProducerPull? _sparePull;

    /// <summary>Waits for a free buffer, however long consumers keep all of them, without blocking a thread.</summary>
    /// <remarks>
    /// One pull at a time, of either kind; await the result once. Open leases may be pushed or disposed while it is pending. Nothing is
    /// allocated, whether it has to wait or not, as long as each result is awaited before the next pull. What follows the <c>await</c>
    /// runs in the captured context or on the thread pool.
    /// </remarks>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The buffer, which the caller ends with <see cref="StoredWriteLease.Push"/> or dispose.</returns>
    /// <exception cref="InvalidOperationException">Another pull of this producer is pending.</exception>
    /// <inheritdoc cref="Pull(out WriteLease)" path="/exception"/>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public ValueTask<PullResult<StoredWriteLease>> PullAsync(CancellationToken cancellation = default) =>
        PullAsync(Deadline.Never, follower: null, cancellation, out _);

    /// <summary>Waits for a free buffer for a limited time, without blocking a thread.</summary>
    /// <param name="timeout">Zero looks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Never ends early.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The buffer, or <see cref="PullStatus.TimedOut"/>.</returns>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/remarks"/>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/exception"/>
    public ValueTask<PullResult<StoredWriteLease>> PullAsync(TimeSpan timeout, CancellationToken cancellation = default) =>
        PullAsync(Deadline.After(timeout), follower: null, cancellation, out _);

    /// <summary>How long the waiting thread looks away at most: at first, and once it has waited for <see cref="LongWait"/>.</summary>
    internal static TimeSpan Slice => s_slice;

    /// <inheritdoc cref="Slice"/>
    internal static TimeSpan LongSlice => s_longSlice;

    internal static TimeSpan LongWait => s_longWait;

    /// <summary>The futex word that changes when a buffer has been given back; mapped while this is attached.</summary>
    internal uint* BellWord => &_claim.Lanes.Doorbells->ProducerBell;

    /// <summary>As <see cref="PullAsync(CancellationToken)"/>, for whoever hands out the result as another type.</summary>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="pending">The pull, if it is pending: the result is to be fetched from it instead. Else null.</param>
    internal ValueTask<PullResult<StoredWriteLease>> PullAsync(Deadline deadline, CancellationToken cancellation, out ProducerPull? pending)
    {
        ValueTask<PullResult<StoredWriteLease>> pull = PullAsync(deadline, follower: null, cancellation, out bool isPending);
        pending = isPending ? _pull : null;
        return pull;
    }

    /// <summary>Begins a pull whose result a follower fetches, where <see cref="PullAsync(CancellationToken)"/> is awaited.</summary>
    /// <param name="follower">Queued to the thread pool when the pull is over, perhaps before this returns.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="pull">The result, to be asked for once: when the pull is over and this has returned.</param>
    /// <returns>Whether the pull is pending; else it is over already, and the follower is not queued.</returns>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/exception"/>
    internal bool BeginPull(IThreadPoolWorkItem follower, CancellationToken cancellation, out ValueTask<PullResult<StoredWriteLease>> pull)
    {
        pull = PullAsync(Deadline.Never, follower, cancellation, out bool isPending);
        return isPending;
    }

    /// <summary>Makes sure that a consumer that gives a buffer back wakes who sleeps on <see cref="BellWord"/>.</summary>
    /// <returns>The value to sleep on.</returns>
    internal uint Announce() => _doorbell.Announce();

    internal Memory<byte> BufferMemory(int index, uint generation)
    {
        ThrowIfEnded(index, generation);
        return _memories.Of(index, _geometry.BufferSize);
    }

    /// <summary>What a pending pull does when there may be news: under the lock of the waiting thread, with the gate.</summary>
    internal bool TryEndPull(bool afterSlice, out PullResult<StoredWriteLease> result)
    {
        bool isFree = HasFreeBuffer(afterSlice) & _reclaimer.TryTakeFree(out int index);
        result = isFree ? new(PullStatus.Success, OpenLease(index)) : new(PullStatus.TimedOut, default);
        return isFree;
    }

    /// <summary>Whether a pull would succeed without waiting. With the gate.</summary>
    /// <param name="afterSlice">Looks for dead and stalled consumers too, which costs system calls.</param>
    internal bool HasFreeBuffer(bool afterSlice)
    {
        bool isFree = _reclaimer.FreeCount > 0 || _reclaimer.Reclaim();
        if (!isFree && afterSlice)
        {
            _lanes.Reap();
            _lanes.EvictStalled(Published);
            isFree = _reclaimer.Reclaim();
        }

        WakeEvicted();
        return isFree;
    }

    /// <summary>Whether a disposal waits for whoever is inside.</summary>
    internal bool IsClosing => _gate.IsClosed;

    /// <summary>Enters the gate on behalf of a set, which is woken when the producer is disposed.</summary>
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

    internal void Withdraw() => _doorbell.Withdraw();

    /// <summary>Where this producer's waits sleep.</summary>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    internal WaitedWord WaitedWord()
    {
        lock (WaitThread.Changes)
        {
            ObjectDisposedException.ThrowIf(_gate.IsClosed, this);
            return _word ??= WaitThread.Register(
                ObjectFile.IdentityOf(_claim.Lanes.File, _claim.Paths.Lanes, (byte*)BellWord - (byte*)_claim.Lanes.Doorbells));
        }
    }

    /// <summary>A pending pull is over.</summary>
    internal void LeavePull()
    {
        _doorbell.Withdraw();
        _gate.Exit();
    }

    /// <summary>A pull has been awaited and may be used again.</summary>
    internal void Recycle(ProducerPull pull) => _sparePull = pull;

    private ValueTask<PullResult<StoredWriteLease>> PullAsync(
        Deadline deadline, IThreadPoolWorkItem? follower, CancellationToken cancellation, out bool isPending)
    {
        isPending = false;
        ThrowIfForked();
        ObjectDisposedException.ThrowIf(!_gate.TryEnter(), this);
        try
        {
            ThrowUnlessRoom();
            if (_reclaimer.TryTakeListed(out int index) || TryReclaim(out index))
            {
                return new(new PullResult<StoredWriteLease>(PullStatus.Success, OpenLease(index)));
            }

            if (deadline == Deadline.Immediate)
            {
                return new(ReclaimOrWait(deadline, cancellation, out index)
                    ? new PullResult<StoredWriteLease>(PullStatus.Success, OpenLease(index))
                    : new PullResult<StoredWriteLease>(PullStatus.TimedOut, default));
            }

            if (cancellation.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<PullResult<StoredWriteLease>>(cancellation);
            }

            ProducerPull pull = PreparePull();
            isPending = true;
            return Begin(pull, deadline, follower, cancellation);
        }
        finally
        {
            if (!isPending)
            {
                _gate.Exit();
            }
        }
    }

    private ProducerPull PreparePull()
    {
        _claim.Pool.State->Waits++;
        ProducerPull pull = _sparePull ?? new ProducerPull(this, WaitedWord());
        _sparePull = null;
        _pull = pull;
        return pull;
    }

    private ValueTask<PullResult<StoredWriteLease>> Begin(
        ProducerPull pull, Deadline deadline, IThreadPoolWorkItem? follower, CancellationToken cancellation)
    {
        _gate.Park();
        try
        {
            return pull.BeginWaiting(deadline, follower, cancellation);
        }
        catch (OutOfMemoryException)
        {
            // There is no thread to be had: nobody waits, and nobody else would leave.
            _gate.Exit();
            throw;
        }
    }

    /// <summary>
    /// Enters the gate; while an asynchronous pull is pending, which has it, keeps the waiting thread from looking instead.
    /// </summary>
    /// <returns>What <see cref="Exit(Lock)"/> needs.</returns>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    private Lock? Enter()
    {
        ThrowIfForked();
        ObjectDisposedException.ThrowIf(!TryEnter(out Lock? beside), this);
        return beside;
    }

    /// <inheritdoc cref="Enter"/>
    private bool TryEnter(out Lock? beside)
    {
        beside = _gate.IsParked ? EnterBeside() : null;
        return beside is not null || (!_gate.IsClosed && _gate.TryEnter());
    }

    private Lock? EnterBeside()
    {
        Lock changes = WaitThread.Changes;
        changes.Enter();
        if (_gate.IsParked && !_gate.IsClosed)
        {
            return changes;
        }

        changes.Exit();
        return null;
    }

    private void Exit(Lock? beside)
    {
        if (beside is null)
        {
            _gate.Exit();
        }
        else
        {
            beside.Exit();
        }
    }

    /// <summary>Calls back, but never on the waiting thread or under its lock: then on the thread pool.</summary>
    private void RaiseEviction(LaneEviction eviction)
    {
        if (WaitThread.Changes.IsHeldByCurrentThread)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static raised => raised.Callback(raised.Eviction), (Callback: _onEviction!, Eviction: eviction), preferLocal: false);
        }
        else
        {
            _onEviction!(eviction);
        }
    }
}
