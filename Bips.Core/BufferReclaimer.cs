using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;

namespace Bips;

/// <summary>
/// Finds out which buffers are free. Nobody says so anywhere: it follows from what the consumers' lanes say, and a lane
/// whose owner died says nothing.
/// </summary>
/// <remarks>
/// Lanes are hostile input: each word is copied once and checked, and a lane with an impossible value is evicted. Used by the
/// producer's thread.
/// </remarks>
internal sealed unsafe class BufferReclaimer
{
    /// <summary>How often a lane may change hands while it is read: far more than joiners ever manage.</summary>
    private const int MostChanges = 64;

    private readonly PoolMemory _pool;
    private readonly LanesMemory _lanes;
    private readonly PoolGeometry _geometry;
    private readonly Action<LaneEviction>? _onEviction;

    /// <summary>Last sequence published in each buffer; zero for none.</summary>
    private readonly ulong[] _lastSequence;

    /// <summary>Buffers found free and not yet handed out.</summary>
    private readonly int[] _free;
    private int _freeCount;

    /// <summary>Buffers that the producer writes or has not handed out: they are nobody else's.</summary>
    private readonly bool[] _owned;

    /// <summary>Of the last scan: one byte per buffer, 1 where some consumer holds it. In words, as lanes are read.</summary>
    private readonly ulong[] _held;

    /// <summary>The held bytes of the lane that was read last.</summary>
    private readonly ulong[] _laneHeld;

    /// <summary>The same of the look before, while a lane seems to hold too much.</summary>
    private readonly ulong[] _laneHeldBefore;

    /// <summary>How many looks a lane gets that changes while it is read: more than it has frames to take.</summary>
    private readonly int _laneReadAttempts;

    /// <summary>Of the last scan: the next sequence of each lane that may lose frames; the maximum for others.</summary>
    private readonly ulong[] _lossyPosition;

    /// <summary>Of the last scan: the smallest next sequence of any lane, and of any lane that must not lose frames.</summary>
    private ulong _smallestPosition;
    private ulong _smallestBlockingPosition;

    private readonly StallClock _stalls;
    private bool _evicted;

    public BufferReclaimer(PoolMemory pool, LanesMemory lanes, TimeSpan? evictStalledAfter, Action<LaneEviction>? onEviction)
    {
        _pool = pool;
        _lanes = lanes;
        _geometry = pool.Geometry;
        _onEviction = onEviction;
        _lastSequence = new ulong[_geometry.BufferCount];
        _free = new int[_geometry.BufferCount];
        _owned = new bool[_geometry.BufferCount];
        _held = new ulong[(_geometry.BufferCount + sizeof(ulong) - 1) / sizeof(ulong)];
        _laneHeld = new ulong[_held.Length];
        _laneHeldBefore = new ulong[_held.Length];
        _laneReadAttempts = _geometry.BufferCount + MostChanges + 1;
        _lossyPosition = new ulong[_geometry.LaneCount];
        _stalls = new StallClock(_geometry.LaneCount, evictStalledAfter);
    }

    /// <summary>Sequence of the newest frame; the producer sets it.</summary>
    public ulong Published { get; private set; }

    /// <summary>Buffers known to be free without another scan.</summary>
    public int FreeCount => _freeCount;

    /// <summary>Learns from the ring of a dead producer which frame each buffer holds.</summary>
    /// <returns>Sequence of the newest frame that it committed.</returns>
    public ulong Recover()
    {
        ulong published = Ordering.LoadAcquire(ref _pool.State->Published);
        ulong mask = (ulong)_geometry.RingCapacity - 1;
        while (RingEntry.SequenceOf(Ordering.LoadAcquire(ref (_pool.Ring + ((published + 1) & mask))->Commit)) == published + 1)
        {
            published++; // step: takeover_adopt
            CrashPoint.Reached("takeover_adopt");
        }

        for (int i = 0; i < _geometry.RingCapacity; i++)
        {
            ulong commit = Ordering.LoadAcquire(ref (_pool.Ring + i)->Commit);
            int index = RingEntry.IndexOf(commit);
            ulong sequence = RingEntry.SequenceOf(commit);
            if (index < _geometry.BufferCount && sequence <= published)
            {
                _lastSequence[index] = Math.Max(_lastSequence[index], sequence); // step: takeover_last
                CrashPoint.Reached("takeover_last");
            }
        }

        Published = published;
        return published;
    }

    /// <summary>Hands out a buffer that is known to be free.</summary>
    public bool TryTakeFree(out int index)
    {
        if (_freeCount == 0)
        {
            index = -1;
            return false;
        }

        index = _free[--_freeCount]; // step: take_buffer
        CrashPoint.Reached("take_buffer");
        return true;
    }

    /// <summary>Takes note that a buffer now holds a frame.</summary>
    public void MarkPublished(int index, ulong sequence)
    {
        _lastSequence[index] = sequence;
        _owned[index] = false;
        Published = sequence;
    }

    /// <summary>Takes back a buffer that was handed out and not published; nothing in it can be seen by anybody.</summary>
    public void MarkUnused(int index) => _free[_freeCount++] = index;

    /// <summary>Scans; if nothing is free, takes frames away from lanes that may lose them, just as many as needed.</summary>
    /// <returns>Whether a buffer is free now.</returns>
    public bool Reclaim()
    {
        while (!Scan())
        {
            if (!RaiseFloors())
            {
                return false;
            }
        }

        return true;
    }

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
    public void EvictStalled()
    {
        if (!_stalls.IsEnabled)
        {
            return;
        }

        long now = MonotonicClock.Nanoseconds;
        for (int k = 0; k < _geometry.LaneCount; k++)
        {
            if (TryReadLane(k, out LaneSnapshot lane) && lane.IsBlocking && lane.Cursor + (ulong)_geometry.History <= Published)
            {
                if (_stalls.HasStalled(k, lane.Incarnation, lane.Cursor, Published, now, out TimeSpan still))
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
    public IReadOnlyList<ConsumerStatus> DescribeConsumers()
    {
        var consumers = new List<ConsumerStatus>();
        for (int k = 0; k < _geometry.LaneCount; k++)
        {
            bool heeded = TryReadLane(k, out LaneSnapshot lane);
            if (lane.State == (uint)LaneState.Free || lane.ProcessId == 0 || !LivenessLock.IsHeldElsewhere(_lanes.File, k))
            {
                continue;
            }

            bool evicted = !heeded || (_pool.Directives + k)->EvictedIncarnation == lane.Incarnation;
            consumers.Add(new ConsumerStatus(k, (int)lane.ProcessId, (OverflowKind)lane.Policy,
                lane.Cursor <= Published ? Published + 1 - lane.Cursor : 0, lane.HeldCount,
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

    /// <summary>Looks at every lane once and lists the buffers that nobody needs.</summary>
    private bool Scan()
    {
        // sync: join, sync: floor - keeps the stores of published and of raised floors before the loads of the lanes.
        Ordering.FullFence(); // step: scan_fence
        CrashPoint.Reached("scan_fence");
        Array.Clear(_held);
        _smallestPosition = ulong.MaxValue;
        _smallestBlockingPosition = ulong.MaxValue;
        for (int k = 0; k < _geometry.LaneCount; k++)
        {
            _lossyPosition[k] = ulong.MaxValue;
            if (!IsFree(k) && TryReadLane(k, out LaneSnapshot lane))
            {
                AddToScan(k, in lane);
            }
        }

        ListFree();
        return _freeCount > 0;
    }

    private void AddToScan(int k, in LaneSnapshot lane)
    {
        for (int i = 0; i < _held.Length; i++)
        {
            _held[i] |= _laneHeld[i];
        }

        if (!lane.IsReading)
        {
            return;
        }

        ulong position = lane.Cursor;
        if (lane.MayLose)
        {
            position = Math.Max(position, (_pool.Directives + k)->Floor);
            _lossyPosition[k] = position;
        }
        else
        {
            _smallestBlockingPosition = Math.Min(_smallestBlockingPosition, position);
        }

        _smallestPosition = Math.Min(_smallestPosition, position);
    }

    private void ListFree()
    {
        ReadOnlySpan<byte> held = MemoryMarshal.AsBytes(_held.AsSpan());
        for (int i = 0; i < _lastSequence.Length; i++)
        {
            if (IsReclaimable(i, held) && _lastSequence[i] < _smallestPosition)
            {
                _owned[i] = true;
                _free[_freeCount++] = i;
            }
        }
    }

    /// <summary>Raises the floors of lanes that may lose frames just above the oldest frame that only they keep.</summary>
    /// <returns>Whether there was one.</returns>
    private bool RaiseFloors()
    {
        ulong oldest = ulong.MaxValue;
        ReadOnlySpan<byte> held = MemoryMarshal.AsBytes(_held.AsSpan());
        for (int i = 0; i < _lastSequence.Length; i++)
        {
            if (IsReclaimable(i, held) && _lastSequence[i] < _smallestBlockingPosition)
            {
                oldest = Math.Min(oldest, _lastSequence[i]);
            }
        }

        if (oldest == ulong.MaxValue)
        {
            return false;
        }

        for (int k = 0; k < _lossyPosition.Length; k++)
        {
            if (_lossyPosition[k] <= oldest)
            {
                Ordering.StoreRelease(ref (_pool.Directives + k)->Floor, oldest + 1); // sync: floor, step: drop_raise
                CrashPoint.Reached("drop_raise");
            }
        }

        return true;
    }

    private bool IsFree(int k) => Ordering.LoadAcquire(ref _lanes[k]->State) == (uint)LaneState.Free; // sync: join

    /// <summary>Whether only the positions of lanes, if anything, keep a buffer from being free.</summary>
    private bool IsReclaimable(int index, ReadOnlySpan<byte> held)
    {
        ulong last = _lastSequence[index];
        return !_owned[index] && held[index] == 0 && (last == 0 || last + (ulong)_geometry.History <= Published);
    }

    /// <summary>Copies what a lane says, once, and checks the copy.</summary>
    /// <returns>False when the lane counts for nothing: free, evicted, or broken and therefore evicted now.</returns>
    private bool TryReadLane(int k, out LaneSnapshot snapshot)
    {
        LaneSnapshot before = default;
        snapshot = default;
        int changes = 0;
        for (int attempt = 0; attempt < _laneReadAttempts; attempt++)
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

            bool heeded = IsToBeHeeded(k, ref snapshot);
            if (!heeded || snapshot.HeldCount <= snapshot.MostHeldSeen)
            {
                return heeded;
            }

            if (IsOverdrawn(k, in before, in snapshot))
            {
                break;
            }

            before = snapshot;
            _laneHeld.CopyTo(_laneHeldBefore, 0);
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
        for (int i = 0; i < _laneHeld.Length; i++)
        {
            both += BitOperations.PopCount(_laneHeld[i] & _laneHeldBefore[i]);
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
        for (int i = 0; i < _laneHeld.Length; i++)
        {
            ulong word = Ordering.LoadAcquire(ref held[i]); // sync: release, step: scan_held
            CrashPoint.Reached("scan_held");
            _laneHeld[i] = word;
            snapshot.HeldCount += BitOperations.PopCount(word);
            snapshot.StrayBits |= word & ~LaneSnapshot.HeldBits;
        }
    }

    /// <summary>Applies an earlier eviction, or evicts now if the lane holds an impossible value.</summary>
    /// <remarks>A stalled consumer keeps what it holds, so its held bytes still count and are still not believed.</remarks>
    private bool IsToBeHeeded(int k, ref LaneSnapshot snapshot)
    {
        LaneDirective* directive = _pool.Directives + k;
        var evicted = directive->EvictedIncarnation == snapshot.Incarnation
            ? (EvictionReason)directive->EvictionReason
            : EvictionReason.None;
        if (evicted != EvictionReason.Broken && snapshot.FindFault(_geometry, Published) is { } fault)
        {
            Evict(k, in snapshot, EvictionReason.Broken, fault);
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
