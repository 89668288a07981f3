using System.Globalization;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;

namespace Bips.Protocol;

/// <summary>Takes lanes away from the dead, the stalled and the broken, so that nobody waits for them.</summary>
/// <remarks>Used by the producer's thread.</remarks>
internal sealed unsafe class LaneReaper
{
    private readonly ProducerState* _state;
    private readonly LaneDirective* _directives;
    private readonly LanesMemory _lanes;
    private readonly PoolGeometry _geometry;
    private readonly LaneJudge _judge;
    private readonly StallClock _stalls;

    /// <summary>Told of each eviction, by the thread that evicts.</summary>
    private readonly Action<LaneEviction>? _onEviction;

    /// <summary>Whether a lane was evicted since <see cref="TakeEvicted"/> was called last.</summary>
    private bool _evicted;

    public LaneReaper(
        ControlWords control,
        LanesMemory lanes,
        PoolGeometry geometry,
        TimeSpan? evictStalledAfter,
        Action<LaneEviction>? onEviction)
    {
        _state = control.State;
        _directives = control.Directives;
        _lanes = lanes;
        _geometry = geometry;
        _judge = new LaneJudge(control, lanes, geometry);
        _stalls = new StallClock(geometry.LaneCount, evictStalledAfter);
        _onEviction = onEviction;
    }

    /// <summary>Of the lane that was heeded last: one byte per buffer, 1 where its consumer holds it.</summary>
    public ReadOnlySpan<ulong> Held => _judge.Held;

    /// <inheritdoc cref="LaneJudge.IsFree"/>
    public bool IsFree(int k) => _judge.IsFree(k);

    /// <summary>Reads a lane, and evicts its consumer if the lane is broken.</summary>
    /// <returns>False when the lane counts for nothing.</returns>
    public bool TryHeed(int k, ulong published, out LaneSnapshot snapshot)
    {
        LaneStanding standing = _judge.Judge(k, published, out snapshot, out LaneFault fault);
        if (standing == LaneStanding.Broken)
        {
            Evict(k, in snapshot, EvictionReason.Broken, snapshot.Describe(fault, _geometry, published));
        }

        return standing == LaneStanding.Heeded;
    }

    /// <summary>Takes the lanes of dead consumers back.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Reap()
    {
        bool any = false;
        for (int k = 0; k < _geometry.LaneCount; k++)
        {
            if (IsFree(k) || !LivenessLock.TryAcquire(_lanes.File, k))
            {
                continue;
            }

            CrashPoint.Reached("reap_lock"); // step: reap_lock
            if (!IsFree(k))
            {
                _lanes[k]->State = (uint)LaneState.Free; // step: reap_free
                CrashPoint.Reached("reap_free");
                _state->CountReaped();
                any = true;
            }

            LivenessLock.Release(_lanes.File, k); // step: reap_unlock
            CrashPoint.Reached("reap_unlock");
        }

        return any;
    }

    /// <summary>
    /// Evicts blocking consumers that have not moved for too long since the producer first waited for them.
    /// </summary>
    public void EvictStalled(ulong published)
    {
        if (!_stalls.IsEnabled)
        {
            return;
        }

        long now = MonotonicClock.Nanoseconds;
        for (int k = 0; k < _geometry.LaneCount; k++)
        {
            if (!TryHeed(k, published, out LaneSnapshot lane) || !lane.IsBlocking ||
                lane.Cursor + (ulong)_geometry.History > published)
            {
                _stalls.Forget(k);
            }
            else if (_stalls.HasStalled(k, lane.Incarnation, lane.Cursor, published, now, out TimeSpan still))
            {
                Evict(k, in lane, EvictionReason.Stalled, string.Create(CultureInfo.InvariantCulture,
                    $"cursor {lane.Cursor} has not moved for {still.TotalSeconds:0.###} s"));
            }
        }
    }

    /// <returns>Whether a lane was evicted since the last call: its consumer is to be woken.</returns>
    public bool TakeEvicted()
    {
        bool evicted = _evicted;
        _evicted = false;
        return evicted;
    }

    private void Evict(int k, in LaneSnapshot lane, EvictionReason reason, string detail)
    {
        _directives[k].Evict(lane.Incarnation, reason); // step: evict_store
        CrashPoint.Reached("evict_store");
        _state->CountEvicted(reason);
        _evicted = true;
        _onEviction?.Invoke(new LaneEviction(k, (int)lane.ProcessId, reason, detail));
    }
}
