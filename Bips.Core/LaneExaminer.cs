using System.Globalization;
using System.Numerics;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;

namespace Bips;

/// <summary>Reads what consumers say in their lanes, believes none of it, and takes lanes away from the dead, the stalled and the broken.</summary>
/// <remarks>
/// Lanes are hostile input: each word is copied once and checked, and a lane with an impossible value is evicted. Used by the
/// producer's thread.
/// </remarks>
internal sealed unsafe class LaneExaminer
{
    /// <summary>How often a lane may change hands while it is read: far more than joiners ever manage.</summary>
    private const int MostChanges = 64;

    private readonly PoolMemory _pool;
    private readonly LanesMemory _lanes;
    private readonly PoolGeometry _geometry;
    private readonly Action<LaneEviction>? _onEviction;

    /// <summary>The held bytes of the lane that was read last, in words, as lanes are read.</summary>
    private readonly ulong[] _held;

    /// <summary>The same of the look before, while a lane seems to hold too much.</summary>
    private readonly ulong[] _heldBefore;

    /// <summary>How many looks a lane gets that changes while it is read: more than it has frames to take.</summary>
    private readonly int _attempts;

    private readonly StallClock _stalls;
    private bool _evicted;

    public LaneExaminer(PoolMemory pool, LanesMemory lanes, TimeSpan? evictStalledAfter, Action<LaneEviction>? onEviction)
    {
        _pool = pool;
        _lanes = lanes;
        _geometry = pool.Geometry;
        _onEviction = onEviction;
        _held = new ulong[(_geometry.BufferCount + sizeof(ulong) - 1) / sizeof(ulong)];
        _heldBefore = new ulong[_held.Length];
        _attempts = _geometry.BufferCount + MostChanges + 1;
        _stalls = new StallClock(_geometry.LaneCount, evictStalledAfter);
    }

    /// <summary>Of the lane that was read last: one byte per buffer, 1 where its consumer holds it.</summary>
    public ReadOnlySpan<ulong> Held => _held;

    /// <summary>Whether nobody has this lane, for which one word is enough to look at.</summary>
    public bool IsFree(int k) => Ordering.LoadAcquire(ref _lanes[k]->State) == (uint)LaneState.Free; // sync: join

    /// <summary>Takes the lanes of dead consumers back.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Reap()
    {
        bool any = false;
        for (int k = 0; k < _geometry.LaneCount; k++)
        {
            Lane* lane = _lanes[k];
            if (IsFree(k) || !LivenessLock.TryAcquire(_lanes.File, k))
            {
                continue;
            }

            CrashPoint.Reached("reap_lock"); // step: reap_lock
            if (!IsFree(k))
            {
                Ordering.StoreRelease(ref lane->State, (uint)LaneState.Free); // step: reap_free
                CrashPoint.Reached("reap_free");
                _pool.State->Reaped++;
                any = true;
            }

            LivenessLock.Release(_lanes.File, k); // step: reap_unlock
            CrashPoint.Reached("reap_unlock");
        }

        return any;
    }

    /// <returns>Whether a lane was evicted since the last call: its consumer is to be woken.</returns>
    public bool TakeEvicted()
    {
        bool evicted = _evicted;
        _evicted = false;
        return evicted;
    }

    /// <summary>Evicts blocking consumers that have not moved for too long since the producer first waited for them.</summary>
    public void EvictStalled(ulong published)
    {
        if (!_stalls.IsEnabled)
        {
            return;
        }

        long now = MonotonicClock.Nanoseconds;
        for (int k = 0; k < _geometry.LaneCount; k++)
        {
            if (TryRead(k, published, out LaneSnapshot lane) && lane.IsBlocking && lane.Cursor + (ulong)_geometry.History <= published)
            {
                if (_stalls.HasStalled(k, lane.Incarnation, lane.Cursor, published, now, out TimeSpan still))
                {
                    Evict(k, in lane, EvictionReason.Stalled, string.Create(CultureInfo.InvariantCulture,
                        $"cursor {lane.Cursor} has not moved for {still.TotalSeconds:0.###} s"));
                }
            }
            else
            {
                _stalls.Forget(k);
            }
        }
    }

    /// <summary>Describes every lane that a live consumer uses and has finished joining.</summary>
    public IReadOnlyList<ConsumerStatus> Describe(ulong published)
    {
        var consumers = new List<ConsumerStatus>();
        for (int k = 0; k < _geometry.LaneCount; k++)
        {
            bool heeded = TryRead(k, published, out LaneSnapshot lane);
            if (lane.State == (uint)LaneState.Free || lane.ProcessId == 0 || !LivenessLock.IsHeldElsewhere(_lanes.File, k))
            {
                continue;
            }

            bool evicted = !heeded || (_pool.Directives + k)->EvictedIncarnation == lane.Incarnation;
            consumers.Add(new ConsumerStatus(k, (int)lane.ProcessId, (OverflowKind)lane.Policy,
                lane.Cursor <= published ? published + 1 - lane.Cursor : 0, lane.HeldCount,
                Ordering.LoadAcquire(ref _lanes[k]->Taken), Ordering.LoadAcquire(ref _lanes[k]->Lost), evicted));
        }

        return consumers;
    }

    /// <summary>Whether any lane is read from; a killed consumer's is until it is reaped.</summary>
    public bool HasConsumers()
    {
        for (int k = 0; k < _geometry.LaneCount; k++)
        {
            if (Ordering.LoadAcquire(ref _lanes[k]->State) == (uint)LaneState.Active &&
                Ordering.LoadAcquire(ref _lanes[k]->Incarnation) != (_pool.Directives + k)->EvictedIncarnation)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Copies what a lane says, once, and checks the copy.</summary>
    /// <returns>False when the lane counts for nothing: free, evicted, or broken and therefore evicted now.</returns>
    public bool TryRead(int k, ulong published, out LaneSnapshot snapshot)
    {
        LaneSnapshot before = default;
        snapshot = default;
        int changes = 0;
        for (int attempt = 0; attempt < _attempts; attempt++)
        {
            if (!TryCopyLane(k, out snapshot))
            {
                if (snapshot.State == (uint)LaneState.Free)
                {
                    return false;
                }

                if (++changes == MostChanges)
                {
                    Evict(k, in snapshot, EvictionReason.Broken, $"state or incarnation changed {changes} times while they were read");
                    return false;
                }

                continue;
            }

            bool heeded = IsToBeHeeded(k, published, ref snapshot);
            if (!heeded || snapshot.HeldCount <= snapshot.MostHeldSeen)
            {
                return heeded;
            }

            if (IsOverdrawn(k, in before, in snapshot))
            {
                break;
            }

            before = snapshot;
            _held.CopyTo(_heldBefore, 0);
        }

        Evict(k, in snapshot, EvictionReason.Broken, $"{snapshot.HeldCount} buffers held with a quota of {snapshot.Quota}");
        return false;
    }

    /// <summary>
    /// Whether two looks prove that a lane holds too much. With its cursor unmoved from before the first look to after the second,
    /// nothing was taken between them, so what both saw was held all the while, but for one that is being taken. A consumer
    /// that keeps moving comes to the newest frame before the attempts are used up.
    /// </summary>
    private bool IsOverdrawn(int k, in LaneSnapshot before, in LaneSnapshot now)
    {
        if (before.Incarnation != now.Incarnation || Ordering.LoadAcquire(ref _lanes[k]->Cursor) != before.Cursor)
        {
            return false;
        }

        int both = 0;
        for (int i = 0; i < _held.Length; i++)
        {
            both += BitOperations.PopCount(_held[i] & _heldBefore[i]);
        }

        return both > now.MostHeldSeen;
    }

    /// <returns>False when the lane is free, or changed hands meanwhile: then what was read is a mixture of two uses.</returns>
    private bool TryCopyLane(int k, out LaneSnapshot snapshot)
    {
        Lane* lane = _lanes[k];
        snapshot = ReadWords(lane);
        if (snapshot.State == (uint)LaneState.Free)
        {
            return false;
        }

        CopyHeld(lane, ref snapshot);
        return Ordering.LoadAcquire(ref lane->State) == snapshot.State &&
            Ordering.LoadAcquire(ref lane->Incarnation) == snapshot.Incarnation;
    }

    private static LaneSnapshot ReadWords(Lane* lane) => new()
    {
        State = Ordering.LoadAcquire(ref lane->State), // sync: join
        Incarnation = Ordering.LoadAcquire(ref lane->Incarnation),
        Policy = Ordering.LoadAcquire(ref lane->Policy),
        Quota = Ordering.LoadAcquire(ref lane->Quota),
        ProcessId = Ordering.LoadAcquire(ref lane->ProcessId), // sync: listed
        Cursor = Ordering.LoadAcquire(ref lane->Cursor), // sync: cursor, step: scan_cursor
    };

    /// <summary>Reads the held bytes, each word once and after the cursor.</summary>
    private void CopyHeld(Lane* lane, ref LaneSnapshot snapshot)
    {
        ulong* held = (ulong*)LanesMemory.Held(lane);
        for (int i = 0; i < _held.Length; i++)
        {
            ulong word = Ordering.LoadAcquire(ref held[i]); // sync: release, step: scan_held
            CrashPoint.Reached("scan_held");
            _held[i] = word;
            snapshot.HeldCount += BitOperations.PopCount(word);
            snapshot.StrayBits |= word & ~LaneSnapshot.HeldBits;
        }
    }

    /// <summary>Applies an earlier eviction, or evicts now if the lane holds an impossible value.</summary>
    /// <remarks>A stalled consumer keeps what it holds, so its held bytes still count and are still not believed.</remarks>
    private bool IsToBeHeeded(int k, ulong published, ref LaneSnapshot snapshot)
    {
        LaneDirective* directive = _pool.Directives + k;
        var evicted = directive->EvictedIncarnation == snapshot.Incarnation
            ? (EvictionReason)directive->EvictionReason
            : EvictionReason.None;
        if (evicted != EvictionReason.Broken && snapshot.FindFault(_geometry, published) is not LaneFault.None and var fault)
        {
            Evict(k, in snapshot, EvictionReason.Broken, snapshot.Describe(fault, _geometry, published));
            return false;
        }

        if (evicted != EvictionReason.None)
        {
            snapshot.State = (uint)LaneState.Leaving;
        }

        return evicted != EvictionReason.Broken;
    }

    private void Evict(int k, in LaneSnapshot lane, EvictionReason reason, string detail)
    {
        LaneDirective* directive = _pool.Directives + k;
        directive->EvictionReason = (uint)reason;
        Ordering.StoreRelease(ref directive->EvictedIncarnation, lane.Incarnation); // sync: evict, step: evict_store
        CrashPoint.Reached("evict_store");
        if (reason == EvictionReason.Stalled)
        {
            _pool.State->EvictedStalled++;
        }
        else
        {
            _pool.State->EvictedBroken++;
        }

        _evicted = true;
        _onEviction?.Invoke(new LaneEviction(k, (int)lane.ProcessId, reason, detail));
    }
}
