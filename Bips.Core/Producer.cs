using Bips.Async;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips;

/// <summary>Fills the buffers of a pool in place: <c>Pull</c>, fill, <c>Push</c>.</summary>
/// <remarks>
/// <para>Used by one thread at a time; <see cref="Dispose"/> may be called from any thread and ends a wait. Nothing is allocated per
/// frame.</para>
/// <para>A killed producer leaves every published frame readable and loses only what it had not pushed. Creating the same
/// pool again takes it over: attached consumers stay attached and miss nothing.</para>
/// </remarks>
/// <example>
/// <code>
/// using var producer = Producer.Create("cam", new PoolOptions { BufferSize = 1920 * 1080 * 3, Format = "video/x-raw,format=BGR" });
/// while (producer.Pull(out WriteLease lease) == PullStatus.Success)
/// {
///     int length = Capture(lease.Span);
///     lease.Push(length);
/// }
/// </code>
/// </example>
public sealed unsafe partial class Producer : IDisposable
{
    private readonly ProducerClaim _claim;
    private readonly PoolGeometry _geometry;
    private readonly LaneExaminer _lanes;
    private readonly BufferReclaimer _reclaimer;
    private readonly LeaseTable _leases;
    private readonly RingEntry* _ring;
    private readonly ulong _ringMask;
    private readonly FrameHeader* _frameHeaders;
    private readonly WaitInterruption _interruption;
    private readonly Detachment _detachment;
    private BroadcastSemaphore _broadcast;
    private DoorbellSemaphore _doorbell;
    private AdaptiveSpin _spin;
    private UseGate _gate;

    private Producer(ProducerClaim claim, PoolOptions options)
    {
        _claim = claim;
        _geometry = claim.Pool.Geometry;
        _leases = new LeaseTable(_geometry.BufferCount, _geometry.WriteLeases);
        _memories = new BufferMemories(claim.Pool, _leases);
        _onEviction = options.OnEviction;
        _lanes = new LaneExaminer(claim.Pool, claim.Lanes, options.EvictStalledAfter, _onEviction is null ? null : RaiseEviction);
        _reclaimer = new BufferReclaimer(claim.Pool, _lanes);
        _ring = claim.Pool.Ring;
        _ringMask = (ulong)_geometry.RingCapacity - 1;
        _frameHeaders = claim.Pool.FrameHeaders;
        ProducerState* state = claim.Pool.State;
        Doorbells* doorbells = claim.Lanes.Doorbells;
        _broadcast = new BroadcastSemaphore(&state->Published, &state->Signal, &doorbells->SleeperBell);
        _doorbell = new DoorbellSemaphore(&state->Waiting, &doorbells->ProducerBell);
        _spin = new AdaptiveSpin(options.WaitMode);
        _interruption = new WaitInterruption(WakeWait);
        _detachment = new Detachment(_leases, claim.Dispose);
        Pool = PoolInfo.Of(claim.Paths, claim.Pool);
        IsTakeOver = claim.IsTakeOver;
    }

    /// <summary>The pool's name, format and sizes.</summary>
    public PoolInfo Pool { get; }

    /// <summary>Whether a dead producer's pool was taken over, with the consumers and frames that were there.</summary>
    public bool IsTakeOver { get; }

    /// <summary>Sequence of the newest frame, zero for none; it counts on over take-overs.</summary>
    public ulong Published => _reclaimer.Published;

    /// <summary>Creates a pool, or takes over one of the same name and geometry whose producer has died.</summary>
    /// <param name="name">Name of the pool: letters, digits, '.', '_' and '-'.</param>
    /// <param name="options">Its sizes and format.</param>
    /// <exception cref="ArgumentException">The name is not a pool name, or an option is out of range.</exception>
    /// <exception cref="BipsException">
    /// <see cref="BipsError.ProducerActive"/>, <see cref="BipsError.PoolTooSmall"/>, <see cref="BipsError.NoSpace"/>,
    /// <see cref="BipsError.AccessDenied"/>, <see cref="BipsError.NotAPool"/>, <see cref="BipsError.Incompatible"/>,
    /// <see cref="BipsError.ForkedChild"/> or <see cref="BipsError.System"/>.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">Not Linux on x86-64 or arm64.</exception>
    public static Producer Create(string name, PoolOptions options)
    {
        Platform.ThrowIfUnsupported();
        ThrowIfForked();
        ArgumentNullException.ThrowIfNull(options);
        var paths = new PoolPaths(name, options.Directory);
        ProducerClaim claim = ProducerClaim.Take(paths, PoolGeometry.From(options), options);
        try
        {
            var producer = new Producer(claim, options);
            producer.Start();
            return producer;
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    /// <summary>Waits for a free buffer, however long consumers keep all of them.</summary>
    /// <param name="lease">The buffer, when the result is <see cref="PullStatus.Success"/>.</param>
    /// <returns>Always <see cref="PullStatus.Success"/>.</returns>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseLimit"/> or <see cref="BipsError.ForkedChild"/>.</exception>
    /// <exception cref="ObjectDisposedException">Disposed before or during the wait.</exception>
    public PullStatus Pull(out WriteLease lease) => Pull(out lease, Deadline.Never, CancellationToken.None);

    /// <summary>Waits for a free buffer for a limited time.</summary>
    /// <param name="lease">The buffer, when the result is <see cref="PullStatus.Success"/>.</param>
    /// <param name="timeout">Zero looks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Never ends early.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns><see cref="PullStatus.Success"/> or <see cref="PullStatus.TimedOut"/>.</returns>
    /// <inheritdoc cref="Pull(out WriteLease)" path="/exception"/>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public PullStatus Pull(out WriteLease lease, TimeSpan timeout, CancellationToken cancellation = default) =>
        Pull(out lease, Deadline.After(timeout), cancellation);

    /// <summary>Takes a free buffer if there is one.</summary>
    /// <inheritdoc cref="Pull(out WriteLease)" path="/exception"/>
    public bool TryPull(out WriteLease lease) =>
        Pull(out lease, Deadline.Immediate, CancellationToken.None) == PullStatus.Success;

    /// <summary>
    /// Looks at every lane: who is attached, how far each has read, what it holds and lost. A consumer is listed from the moment
    /// on from which it misses nothing that is published.
    /// </summary>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    public IReadOnlyList<ConsumerStatus> Consumers()
    {
        Lock? beside = Enter();
        try
        {
            return _lanes.Describe(Published);
        }
        finally
        {
            Exit(beside);
        }
    }

    /// <summary>
    /// Ends the stream: consumers get what was published and then <see cref="PullStatus.EndOfStream"/>. The pool's name is
    /// gone at once, its memory when the last consumer detaches. Open leases end unpublished. A wait in another thread ends
    /// with <see cref="ObjectDisposedException"/>.
    /// </summary>
    public void Dispose()
    {
        if (!ForkGuard.IsForkedChild)
        {
            _detachment.Begin(ref _gate, EndWait, EndStream);
        }
    }

    /// <summary>Whether this was disposed and the last lease has ended, so that nothing is left to do with it.</summary>
    internal bool IsDetached => _detachment.IsDone;

    /// <summary>The pool's memory, for callers that keep it mapped longer than the producer lives.</summary>
    internal PoolMemory Memory => _claim.Pool;

    /// <summary>Counts of what happened in this pool, also under earlier producers.</summary>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    internal ProducerState ReadState()
    {
        Lock? beside = Enter();
        try
        {
            return *_claim.Pool.State;
        }
        finally
        {
            Exit(beside);
        }
    }

    internal Span<byte> Buffer(int index, uint generation)
    {
        ThrowIfEnded(index, generation);
        return new Span<byte>(_claim.Pool.Buffer(index), _geometry.BufferSize);
    }

    internal Span<byte> Metadata(int index, uint generation)
    {
        ThrowIfEnded(index, generation);
        return _claim.Pool.MetadataOf(index);
    }

    internal ulong Publish(int index, uint generation, int length, uint flags, long? timestamp)
    {
        Lock? beside = Enter();
        try
        {
            ThrowIfEnded(index, generation);
            if ((uint)length > (uint)_geometry.BufferSize)
            {
                throw LeaseErrors.TooLong(length, _geometry.BufferSize);
            }

            ulong sequence = _reclaimer.Published + 1;
            RingEntry* entry = _ring + (sequence & _ringMask);

            // The clock takes a while to read: meanwhile the entry's line comes over from who read it last.
            Ordering.StoreRelease(ref entry->Timestamp, 0); // sync: rewrite
            Describe(index, length, flags);
            long time = timestamp ?? MonotonicClock.Nanoseconds;
            Commit(entry, sequence, index, time);
            _reclaimer.MarkPublished(index, sequence, time);
            _leases.Close(index, generation);
            return sequence;
        }
        finally
        {
            Exit(beside);
        }
    }

    /// <returns>False when the lease has ended before.</returns>
    internal bool TryAbandon(int index, uint generation)
    {
        ThrowIfForked();
        if (!_leases.IsOpen(index, generation))
        {
            return false;
        }

        if (TryEnter(out Lock? beside))
        {
            _reclaimer.MarkUnused(index);
            _leases.Close(index, generation);
            Exit(beside);
        }
        else
        {
            _leases.Close(index, generation);
            _detachment.LeaseClosed();
        }

        return true;
    }

    private static void ThrowIfForked()
    {
        if (ForkGuard.IsForkedChild)
        {
            throw BipsException.Forked();
        }
    }

    /// <summary>Begins an epoch; consumers of an earlier one look again.</summary>
    private void Start()
    {
        ProducerState* state = _claim.Pool.State;
        if (IsTakeOver)
        {
            ulong published = _reclaimer.Recover();
            _doorbell.Withdraw();
            Ordering.StoreRelease(ref state->EpochStart, published + 1); // step: takeover_epoch
            CrashPoint.Reached("takeover_epoch");
            Ordering.StoreRelease(ref state->Published, published); // sync: posted
            _broadcast.SignalAll(); // step: takeover_signal, takeover_wake
            CrashPoint.Reached("takeover_wake");
        }

        state->ProcessId = (uint)Environment.ProcessId;
        Ordering.StoreRelease(ref state->Epoch, state->Epoch + 1);
    }

    private PullStatus Pull(out WriteLease lease, Deadline deadline, CancellationToken cancellation)
    {
        ThrowIfForked();
        ObjectDisposedException.ThrowIf(!_gate.TryEnter(), this);
        try
        {
            ThrowUnlessRoom();
            if (!_reclaimer.TryTakeListed(out int index) && !ReclaimOrWait(deadline, cancellation, out index))
            {
                lease = default;
                return PullStatus.TimedOut;
            }

            lease = new WriteLease(OpenLease(index));
            return PullStatus.Success;
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void ThrowUnlessRoom()
    {
        if (!_leases.HasRoom())
        {
            throw LeaseErrors.Limit(_leases.Limit, nameof(PoolOptions.WriteLeases));
        }
    }

    private StoredWriteLease OpenLease(int index)
    {
        var lease = new StoredWriteLease(this, index, _leases.Open(index));
        if (_geometry.MetadataSize > 0)
        {
            _claim.Pool.MetadataOf(index).Clear();
        }

        return lease;
    }

    /// <summary>Says what is in a buffer. If that is what was there before, the line stays with who reads it.</summary>
    private void Describe(int index, int length, uint flags)
    {
        ulong word = FrameHeader.Pack(length, flags);
        if (_frameHeaders[index].Word != word)
        {
            Ordering.StoreRelease(ref _frameHeaders[index].Word, word); // sync: rewrite
        }
    }

    /// <summary>Makes a described buffer the next frame.</summary>
    private void Commit(RingEntry* entry, ulong sequence, int index, long timestamp)
    {
        Ordering.StoreRelease(ref entry->Timestamp, (ulong)timestamp); // step: push_fields
        CrashPoint.Reached("push_fields");
        Ordering.StoreRelease(ref entry->Commit, RingEntry.Pack(sequence, index)); // sync: commit, step: push_commit
        CrashPoint.Reached("push_commit");
        _broadcast.Post(sequence);
    }

    /// <summary>Evicted consumers may sleep: have them find out.</summary>
    private void WakeEvicted()
    {
        if (_lanes.TakeEvicted())
        {
            _broadcast.SignalAll(); // step: evict_signal, evict_wake
            CrashPoint.Reached("evict_wake");
        }
    }

    private void ThrowIfEnded(int index, uint generation)
    {
        if (_gate.IsClosed || !_leases.IsOpen(index, generation))
        {
            throw LeaseErrors.Ended();
        }
    }

    /// <summary>Nobody is inside any more, and nobody can begin to wait.</summary>
    private void StopWaiting()
    {
        lock (WaitThread.Changes)
        {
            if (_word is not null)
            {
                WaitThread.Forget(_word);
            }
        }
    }

    private void EndWait()
    {
        WakeWait();
        _pull?.EndDisposed(nameof(Producer));
        _set?.Wake();
    }

    private void EndStream()
    {
        StopWaiting();
        Ordering.StoreRelease(ref _claim.Pool.State->State, (uint)PoolState.Closed); // sync: state, step: close_state
        CrashPoint.Reached("close_state");
        _broadcast.SignalAll(); // step: close_signal, close_wake
        CrashPoint.Reached("close_wake");
        _claim.Unlink();
    }
}
