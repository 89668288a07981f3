using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;

namespace Bips.Protocol;

/// <summary>The producer's side of the protocol, verb by verb: take over, pull, push, close.</summary>
/// <remarks>
/// <para>Killed between any two stores it leaves a pool that a successor takes over. What it reads of the consumers it
/// checks before it uses it (<see cref="LaneJudge"/>).</para>
/// <para>One thread at a time. It needs the producer's lock and the memory mapped; its owner sees to both.</para>
/// </remarks>
internal sealed unsafe class ProducerSide
{
    private readonly ProducerState* _state;
    private readonly RingEntry* _ring;
    private readonly ulong _ringMask;
    private readonly FrameHeader* _frameHeaders;
    private readonly BufferReclaimer _reclaimer;
    private readonly LaneReaper _reaper;

    /// <summary>Judges for questions alone, so that a question evicts nobody.</summary>
    private readonly LaneJudge _judge;

    /// <summary>Where consumers sleep.</summary>
    private BroadcastSemaphore _broadcast;

    public ProducerSide(
        PoolMemory pool, LanesMemory lanes, TimeSpan? evictStalledAfter, Action<LaneEviction>? onEviction)
    {
        ControlWords control = pool.Control;
        _state = control.State;
        _ring = control.Ring;
        _ringMask = control.RingMask;
        _frameHeaders = control.FrameHeaders;
        _judge = new LaneJudge(control, lanes, pool.Geometry);
        _reaper = new LaneReaper(control, lanes, pool.Geometry, evictStalledAfter, onEviction);
        _reclaimer = new BufferReclaimer(control, _reaper, pool.Geometry);
        _broadcast = ProducerState.Broadcast(_state, lanes.Doorbells);
        Doorbell = ProducerState.Doorbell(_state, lanes.Doorbells);
    }

    /// <summary>Where a producer without a free buffer sleeps.</summary>
    public DoorbellSemaphore Doorbell { get; }

    /// <summary>Sequence of the newest frame, zero for none.</summary>
    public ulong Published => _reclaimer.Published;

    /// <summary>What was counted under all producers of this pool.</summary>
    public ProducerCounts Counts => _state->Counts;

    /// <summary>Whether a pull would succeed without another look at the lanes.</summary>
    public bool HasListed => _reclaimer.FreeCount > 0;

    /// <summary>Begins an epoch in a new pool.</summary>
    public void Begin() => _state->BeginEpoch(Environment.ProcessId);

    /// <summary>
    /// Begins an epoch in a dead producer's pool: adopts what it committed, and has consumers look again.
    /// </summary>
    public void TakeOver()
    {
        ulong published = _reclaimer.Recover();
        Doorbell.Withdraw();
        _state->EpochStart = published + 1; // step: takeover_epoch
        CrashPoint.Reached("takeover_epoch");
        _state->Published = published;
        _broadcast.SignalAll(); // step: takeover_signal, takeover_wake
        CrashPoint.Reached("takeover_wake");
        Begin();
    }

    /// <summary>Pull, first step: a buffer that was found free before.</summary>
    public bool TryTakeListed(out int index) => _reclaimer.TryTakeListed(out index);

    /// <summary>Pull, last step: a buffer that the scan before this call found free.</summary>
    public bool TryTakeFree(out int index) => _reclaimer.TryTakeFree(out index);

    /// <summary>Pull, second step: looks at all lanes for buffers that nobody needs.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Reclaim() => _reclaimer.Reclaim();

    /// <summary>Pull, third step: takes back the lanes of the dead and looks again.</summary>
    /// <returns>Whether there is a free buffer.</returns>
    public bool ReapAndReclaim() => _reaper.Reap() && _reclaimer.Reclaim();

    /// <summary>
    /// What a producer does that has waited in vain for a while: reaps the dead and evicts the stalled.
    /// </summary>
    public void ReapAndEvict()
    {
        _reaper.Reap();
        _reaper.EvictStalled(Published);
    }

    /// <summary>Takes back a buffer that was pulled and not pushed.</summary>
    public void TakeBack(int index) => _reclaimer.MarkUnused(index);

    /// <summary>Counts a pull that has to wait.</summary>
    public void CountWait() => _state->CountWait();

    /// <summary>Push: makes a buffer that was pulled and filled the next frame.</summary>
    /// <param name="index">The buffer.</param>
    /// <param name="length">Bytes of payload, checked by the caller.</param>
    /// <param name="flags">The user's.</param>
    /// <param name="timestamp">Nanoseconds; null for now.</param>
    /// <returns>The frame's sequence.</returns>
    public ulong Push(int index, int length, uint flags, long? timestamp)
    {
        ulong sequence = _reclaimer.Published + 1;
        RingEntry* entry = _ring + (sequence & _ringMask);

        // The clock takes a while to read: meanwhile the entry's line comes over from who read it last.
        entry->Timestamp = 0;
        _frameHeaders[index].Describe(length, flags);
        long time = timestamp ?? MonotonicClock.Nanoseconds;
        entry->Timestamp = time; // step: push_fields
        CrashPoint.Reached("push_fields");
        entry->Publish(sequence, index); // step: push_commit
        CrashPoint.Reached("push_commit");
        _broadcast.Post(sequence);
        _reclaimer.MarkPublished(index, sequence, time);
        return sequence;
    }

    /// <summary>Evicted consumers may sleep: has them find out.</summary>
    public void WakeEvicted()
    {
        if (_reaper.TakeEvicted())
        {
            _broadcast.SignalAll(); // step: evict_signal, evict_wake
            CrashPoint.Reached("evict_wake");
        }
    }

    /// <summary>Close: ends the stream behind the newest frame. The names are removed by the owner.</summary>
    public void Close()
    {
        _state->State = PoolState.Closed; // step: close_state
        CrashPoint.Reached("close_state");
        _broadcast.SignalAll(); // step: close_signal, close_wake
        CrashPoint.Reached("close_wake");
    }

    /// <summary>What every attached consumer says of itself. Changes nothing.</summary>
    public IReadOnlyList<ConsumerStatus> Describe() => _judge.Describe(Published);

    /// <inheritdoc cref="LaneJudge.HasConsumers"/>
    public bool HasConsumers() => _judge.HasConsumers();
}
