using System.Runtime.InteropServices;
using Bips.Layout;
using Bips.Leases;
using Bips.Lifetime;
using Bips.Memory;
using Bips.Protocol;
using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips.Waiting;

/// <summary>How a consumer's pulls wait for a frame, and find out why none will come.</summary>
internal sealed class ConsumerPulls : Pulls<StoredReadLease>
{
    /// <summary>How often a waiting consumer makes sure that its producer lives.</summary>
    public static readonly TimeSpan RecheckSlice = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// For how long a consumer relies on the producer having been found alive, by itself or by another one of this
    /// process: asking is a system call, and a look at an empty pool should not be one.
    /// </summary>
    private const long FreshNanoseconds = 10_000_000;

    /// <summary>In a dense stream the next frame is there after this many looks.</summary>
    private const int DenseLooks = 3;

    private readonly PoolMemory _pool;
    private readonly ConsumerSide _side;
    private readonly ReadLeases _leases;
    private readonly long _graceNanoseconds;
    private readonly Func<FutexWord, WordIdentity> _identify;
    private BroadcastSemaphore _semaphore;
    private LookAway _lookAway;
    private AdaptiveSpin _spin;

    /// <summary>Whether the last wait was over almost at once.</summary>
    private bool _isDense;

    /// <summary>When this consumer last found the producer alive; nanoseconds.</summary>
    private long _peerSeen;

    /// <summary>When a wait first found the producer dead; zero while it lives.</summary>
    private long _lostSince;

    /// <summary>The consumer's descriptor for event loops; null until one was asked for.</summary>
    private ReadableEvent? _readable;

    /// <param name="pool">The pool, to find out whether its producer lives.</param>
    /// <param name="side">The consumer's side of the protocol.</param>
    /// <param name="leases">What pulls open.</param>
    /// <param name="gate">The consumer's gate.</param>
    /// <param name="mode">How pulls wait in their own thread.</param>
    /// <param name="producerGrace">How long a pull waits for a dead producer's successor.</param>
    /// <param name="identify">Tells which word of the machine a word of the pool object is.</param>
    public ConsumerPulls(
        PoolMemory pool,
        ConsumerSide side,
        ReadLeases leases,
        UseGate gate,
        WaitMode mode,
        TimeSpan producerGrace,
        Func<FutexWord, WordIdentity> identify)
        : base(gate, leases.Detachment, "Consumer")
    {
        _pool = pool;
        _side = side;
        _leases = leases;
        _identify = identify;
        _graceNanoseconds = producerGrace == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : (long)Math.Min(producerGrace.TotalNanoseconds, long.MaxValue / 2);
        _semaphore = side.Sleepers;
        _lookAway = new LookAway(pool.Geometry.BufferCount);
        _spin = new AdaptiveSpin(mode);
    }

    /// <inheritdoc/>
    public override FutexWord Word => _semaphore.Word;

    /// <summary>Whether another frame may be held. The pulling thread's.</summary>
    public bool HasRoom => _leases.HasRoom;

    /// <summary>The descriptor that is readable while a pull would not time out; made when first asked for.</summary>
    /// <exception cref="BipsException">There is no descriptor left, or this is a forked child.</exception>
    /// <exception cref="ObjectDisposedException">The consumer was disposed.</exception>
    public SafeHandle ReadableHandle
    {
        get
        {
            BipsException.ThrowIfForked();
            WaitQueue queue = Queue;
            ReadableEvent readable;
            lock (WaitThread.Changes)
            {
                ThrowIfClosed();
                if (_readable is not null)
                {
                    return _readable.Descriptor;
                }

                _readable = readable = new ReadableEvent(this, queue);
            }

            WaitThread.Add(readable);
            return readable.Descriptor;
        }
    }

    /// <inheritdoc/>
    protected override WordIdentity Identity => _identify(Word);

    /// <summary>Takes the next frame if there is one.</summary>
    public bool TryPull(out ReadLease lease) =>
        Pull(out lease, Deadline.Immediate, CancellationToken.None) == PullStatus.Success;

    /// <summary>A pull that waits in the caller's thread.</summary>
    public PullStatus Pull(out ReadLease lease, Deadline deadline, CancellationToken cancellation)
    {
        BipsException.ThrowIfForked();
        if (!Gate.TryEnter())
        {
            throw Closed();
        }

        try
        {
            if (_side.IsEvicted)
            {
                lease = default;
                return PullStatus.Evicted;
            }

            _leases.ThrowUnlessRoom();
            PullStatus status = TakeOrWait(out lease, deadline, cancellation);
            _readable?.ClearUnlessReadable();
            return status;
        }
        finally
        {
            Gate.Exit();
        }
    }

    /// <inheritdoc/>
    public override TimeSpan Slice(bool isLong) => RecheckSlice;

    /// <inheritdoc/>
    public override uint Announce() => _semaphore.Announce();

    /// <inheritdoc/>
    public override void Withdraw() => _semaphore.Withdraw();

    /// <inheritdoc/>
    public override bool IsReady(bool afterSlice) =>
        Gate.IsClosed || _side.IsNextCommitted() || FindEnd(afterSlice) is not null;

    /// <inheritdoc/>
    public override bool TryEnd(bool afterSlice, out PullResult<StoredReadLease> result)
    {
        PullStatus? end = null;
        if (!_leases.TryTake(out ReadLease lease))
        {
            // A frame that came with, or before, whatever ended the wait counts more.
            end = FindEnd(afterSlice);
            if (end is null || !_leases.TryTake(out lease))
            {
                if (end is not null)
                {
                    _side.CountLossAtEnd();
                }

                result = new(end ?? PullStatus.TimedOut, default);
                return end is not null;
            }
        }

        result = new(PullStatus.Success, lease.Store());
        return true;
    }

    /// <inheritdoc/>
    public override void Ended() => _readable?.ClearUnlessReadable();

    /// <inheritdoc/>
    protected override bool TryPull(
        Deadline deadline, CancellationToken cancellation, out PullResult<StoredReadLease> result)
    {
        if (_side.IsEvicted)
        {
            result = new(PullStatus.Evicted, default);
            return true;
        }

        _leases.ThrowUnlessRoom();
        PullStatus status = PullStatus.Success;
        if (!_leases.TryTake(out ReadLease lease))
        {
            status = deadline == Deadline.Immediate
                ? WaitAndTake(out lease, deadline, cancellation)
                : PullStatus.TimedOut;
        }

        bool isOver = status == PullStatus.Success || deadline == Deadline.Immediate;
        if (isOver)
        {
            _readable?.ClearUnlessReadable();
        }

        result = new(status, status == PullStatus.Success ? lease.Store() : default);
        return isOver;
    }

    /// <inheritdoc/>
    protected override void Stopped() => _readable?.Close();

    private PullStatus TakeOrWait(out ReadLease lease, Deadline deadline, CancellationToken cancellation)
    {
        bool hasLooked = deadline == Deadline.Immediate;
        while (!_leases.TryTake(out lease))
        {
            if (hasLooked || !ComesSoon())
            {
                return WaitAndTake(out lease, deadline, cancellation);
            }

            hasLooked = true;
        }

        return PullStatus.Success;
    }

    /// <summary>Whether the next frame comes within about a microsecond, if waits spin at all.</summary>
    private bool ComesSoon()
    {
        if (!_spin.IsWorthwhile)
        {
            return false;
        }

        if (_isDense)
        {
            AdaptiveSpin.Pause(_lookAway.PausesOfNextWait(_side.Taken));
        }

        var condition = new NextFrame(this);
        int looks = Wait.Poll(ref condition);
        _isDense = looks is > 0 and <= DenseLooks;
        if (looks == 0)
        {
            return false;
        }

        // That it took next to no time needs no clock, whose reading would stand between a frame and its reader.
        _spin.Record(0);
        return true;
    }

    private PullStatus WaitAndTake(out ReadLease lease, Deadline deadline, CancellationToken cancellation)
    {
        using CancellationTokenRegistration registration = Interruption.Begin(cancellation);
        try
        {
            return WaitAndTake(out lease, deadline) is { } status ? status : throw Interrupted(cancellation);
        }
        finally
        {
            Interruption.End();
        }
    }

    /// <returns>Null when the wait was interrupted.</returns>
    private PullStatus? WaitAndTake(out ReadLease lease, Deadline deadline)
    {
        while (true)
        {
            var condition = new NextFrame(this);
            WaitResult result = Wait.Until(ref condition, ref _semaphore, ref _spin, deadline, RecheckSlice);
            if (result != WaitResult.Hopeless)
            {
                // A frame that came with, or before, whatever ended the wait counts more.
                if (_leases.TryTake(out lease))
                {
                    return PullStatus.Success;
                }

                if (result == WaitResult.TimedOut)
                {
                    return PullStatus.TimedOut;
                }

                if (_side.IsEvicted)
                {
                    return PullStatus.Evicted;
                }

                continue;
            }

            lease = default;
            if (condition.Reason is not null)
            {
                _side.CountLossAtEnd();
            }

            return condition.Reason;
        }
    }

    /// <summary>Why no frame will come, if so; a frame that is there counts more.</summary>
    /// <param name="afterSlice">Looks for a dead producer too, which costs a system call.</param>
    private PullStatus? FindEnd(bool afterSlice)
    {
        if (_side.IsEvicted)
        {
            return PullStatus.Evicted;
        }

        return _side.PoolState switch
        {
            PoolState.Closed => PullStatus.EndOfStream,
            PoolState.Replaced => PullStatus.PoolReplaced,
            _ => afterSlice ? FindLoss() : null,
        };
    }

    private PullStatus? FindLoss()
    {
        long now = MonotonicClock.Nanoseconds;
        if (now - _peerSeen < FreshNanoseconds || now - (QueueIfAny?.PeerSeen ?? 0) < FreshNanoseconds)
        {
            _lostSince = 0;
            return null;
        }

        if (LivenessLock.IsHeldElsewhere(_pool.File, PoolMemory.ProducerLockOffset))
        {
            _lostSince = 0;
            _peerSeen = now;
            QueueIfAny?.PeerSeen = now;
            return null;
        }

        if (!_pool.Place.IsCurrent(_pool.File))
        {
            return PullStatus.PoolReplaced;
        }

        if (_lostSince == 0)
        {
            _lostSince = now;
        }

        return now - _lostSince >= _graceNanoseconds ? PullStatus.ProducerLost : null;
    }

    /// <summary>What a pull waits for.</summary>
    private struct NextFrame(ConsumerPulls pulls) : IWaitCondition
    {
        /// <summary>Why the wait is hopeless; null when it was interrupted.</summary>
        public PullStatus? Reason { get; private set; }

        public readonly bool IsMet() => pulls._side.IsNextCommitted(); // step: wait_look

        public bool IsHopeless(bool afterSlice)
        {
            if (pulls.Gate.IsClosed || pulls.Interruption.IsRequested)
            {
                Reason = null;
                return true;
            }

            Reason = pulls.FindEnd(afterSlice);
            return Reason is not null;
        }
    }
}
