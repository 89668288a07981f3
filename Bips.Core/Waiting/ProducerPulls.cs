using Bips.Leases;
using Bips.Lifetime;
using Bips.Protocol;
using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips.Waiting;

/// <summary>How a producer's pulls wait for a free buffer.</summary>
internal sealed class ProducerPulls : Pulls<StoredWriteLease>
{
    /// <summary>
    /// How often a waiting producer looks whether a consumer that it waits for has died: at first, and later.
    /// </summary>
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_longSlice = TimeSpan.FromMilliseconds(25);

    private readonly ProducerSide _side;
    private readonly WriteLeases _leases;
    private readonly Func<FutexWord, WordIdentity> _identify;
    private DoorbellSemaphore _doorbell;
    private AdaptiveSpin _spin;

    /// <param name="side">The producer's side of the protocol.</param>
    /// <param name="leases">What pulls open.</param>
    /// <param name="gate">The producer's gate.</param>
    /// <param name="mode">How pulls wait in their own thread.</param>
    /// <param name="identify">Tells which word of the machine a word of the lanes object is.</param>
    public ProducerPulls(
        ProducerSide side,
        WriteLeases leases,
        UseGate gate,
        WaitMode mode,
        Func<FutexWord, WordIdentity> identify)
        : base(gate, leases.Detachment, "Producer")
    {
        _side = side;
        _leases = leases;
        _identify = identify;
        _doorbell = side.Doorbell;
        _spin = new AdaptiveSpin(mode);
    }

    /// <inheritdoc/>
    public override FutexWord Word => _doorbell.Word;

    /// <inheritdoc/>
    protected override WordIdentity Identity => _identify(Word);

    /// <summary>Bytes that a lease leads to.</summary>
    public int BufferSize => _leases.Payload.BufferSize;

    /// <summary>Ends every wait and lets go of the pool as a crash would: the stream does not end.</summary>
    public void Abandon() => Close(farewell: static () => { });

    /// <summary>Whether anybody is attached; a killed consumer counts until its lane is reaped.</summary>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public bool HasConsumers()
    {
        Lock? beside = _leases.Enter();
        try
        {
            return _side.HasConsumers();
        }
        finally
        {
            _leases.Exit(beside);
        }
    }

    /// <summary>Takes a free buffer if there is one.</summary>
    public bool TryPull(out WriteLease lease) =>
        Pull(out lease, Deadline.Immediate, CancellationToken.None) == PullStatus.Success;

    /// <summary>A pull that waits in the caller's thread.</summary>
    public PullStatus Pull(out WriteLease lease, Deadline deadline, CancellationToken cancellation)
    {
        BipsException.ThrowIfForked();
        if (!Gate.TryEnter())
        {
            throw Closed();
        }

        try
        {
            _leases.ThrowUnlessRoom();
            if (!_side.TryTakeListed(out int index) && !ReclaimOrWait(deadline, cancellation, out index))
            {
                lease = default;
                return PullStatus.TimedOut;
            }

            lease = new WriteLease(_leases.Open(index));
            return PullStatus.Success;
        }
        finally
        {
            Gate.Exit();
        }
    }

    /// <inheritdoc/>
    public override TimeSpan Slice(bool isLong) => isLong ? s_longSlice : s_slice;

    /// <inheritdoc/>
    public override uint Announce() => _doorbell.Announce();

    /// <inheritdoc/>
    public override void Withdraw() => _doorbell.Withdraw();

    /// <inheritdoc/>
    public override bool IsReady(bool afterSlice) => Gate.IsClosed || HasFreeBuffer(afterSlice);

    /// <inheritdoc/>
    public override bool TryEnd(bool afterSlice, out PullResult<StoredWriteLease> result)
    {
        bool isFree = HasFreeBuffer(afterSlice) & _side.TryTakeFree(out int index);
        result = isFree ? new(PullStatus.Success, _leases.Open(index)) : new(PullStatus.TimedOut, default);
        return isFree;
    }

    /// <inheritdoc/>
    protected override bool TryPull(
        Deadline deadline, CancellationToken cancellation, out PullResult<StoredWriteLease> result)
    {
        _leases.ThrowUnlessRoom();
        bool isFree = _side.TryTakeListed(out int index) || TryReclaim(out index) ||
            (deadline == Deadline.Immediate && ReclaimOrWait(deadline, cancellation, out index));
        result = isFree ? new(PullStatus.Success, _leases.Open(index)) : new(PullStatus.TimedOut, default);
        return isFree || deadline == Deadline.Immediate;
    }

    /// <inheritdoc/>
    protected override void CountWait() => _side.CountWait();

    private bool ReclaimOrWait(Deadline deadline, CancellationToken cancellation, out int index)
    {
        bool isFree = _side.Reclaim() || WaitForBuffer(deadline, cancellation);
        _side.WakeEvicted();
        if (isFree)
        {
            return _side.TryTakeFree(out index);
        }

        index = -1;
        return false;
    }

    private bool TryReclaim(out int index)
    {
        _ = _side.Reclaim() || _side.ReapAndReclaim();
        _side.WakeEvicted();
        return _side.TryTakeFree(out index);
    }

    private bool HasFreeBuffer(bool afterSlice)
    {
        bool isFree = _side.HasListed || _side.Reclaim();
        if (!isFree && afterSlice)
        {
            _side.ReapAndEvict();
            isFree = _side.Reclaim();
        }

        _side.WakeEvicted();
        return isFree;
    }

    /// <returns>False when the time was up.</returns>
    private bool WaitForBuffer(Deadline deadline, CancellationToken cancellation)
    {
        CountWait();
        using CancellationTokenRegistration registration = Interruption.Begin(cancellation);
        try
        {
            var condition = new FreeBuffer(this);
            Deadline atFirst = Deadline.Earlier(deadline, Deadline.After(IWaitable.LongWait));
            WaitResult result = Wait.Until(ref condition, ref _doorbell, ref _spin, atFirst, s_slice);
            if (result == WaitResult.TimedOut && !deadline.HasPassed)
            {
                result = Wait.Until(ref condition, ref _doorbell, ref _spin, deadline, s_longSlice);
            }

            return result != WaitResult.Hopeless ? result == WaitResult.Met : throw Interrupted(cancellation);
        }
        finally
        {
            Interruption.End();
        }
    }

    /// <summary>What a pull waits for.</summary>
    private struct FreeBuffer(ProducerPulls pulls) : IWaitCondition
    {
        /// <summary>
        /// A dead consumer's buffers need not wait for the end of a slice. But most waits are for a living one that is
        /// a little behind. Then the second look finds what it gave back, without a system call for each lane.
        /// </summary>
        private const int LooksBeforeReaping = 2;
        private int _looks;

        /// <summary>A look reads every lane, whose consumer then pays for its next store: some 300 ns apart.</summary>
        public static int PausesBetweenLooks => 16;

        public bool IsMet() =>
            pulls._side.Reclaim() || (++_looks == LooksBeforeReaping && pulls._side.ReapAndReclaim());

        public readonly bool IsHopeless(bool afterSlice)
        {
            if (pulls.Gate.IsClosed || pulls.Interruption.IsRequested)
            {
                return true;
            }

            if (afterSlice)
            {
                pulls._side.ReapAndEvict();
                pulls._side.WakeEvicted();
            }

            return false;
        }
    }
}
