using System.Runtime.InteropServices;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;

namespace Bips.Protocol;

/// <summary>
/// Finds out which buffers are free. Nobody says so anywhere: it follows from what the consumers' lanes say, and a lane
/// whose owner died says nothing.
/// </summary>
/// <remarks>Used by the producer's thread.</remarks>
internal sealed unsafe class BufferReclaimer
{
    /// <summary>
    /// Nanoseconds between two frames from which on there is time for a scan, which takes less than a hundredth of it.
    /// </summary>
    private const long Sparse = 50_000;

    private readonly ControlWords _control;
    private readonly LaneReaper _lanes;
    private readonly PoolGeometry _geometry;

    /// <summary>Last sequence published in each buffer; zero for none.</summary>
    private readonly ulong[] _lastSequence;

    /// <summary>Buffers found free and not yet handed out.</summary>
    private readonly int[] _free;
    private int _freeCount;

    /// <summary>
    /// The newest frame's buffer, its time, nanoseconds, and whether it came long after the one before.
    /// </summary>
    private int _newestBuffer;
    private long _publishedAt;
    private bool _isSparse;

    /// <summary>Buffers that the producer writes or has not handed out: they are nobody else's.</summary>
    private readonly bool[] _owned;

    /// <summary>
    /// Of the last scan: one byte per buffer, 1 where some consumer holds it. In words, as lanes are read.
    /// </summary>
    private readonly ulong[] _held;

    /// <summary>
    /// Of the last scan: the next sequence of each lane that may lose frames; the maximum for others.
    /// </summary>
    private readonly ulong[] _lossyPosition;
    private bool _anyLossy = true;

    /// <summary>
    /// Of the last scan: the smallest next sequence of any lane, and of any lane that must not lose frames.
    /// </summary>
    private ulong _smallestPosition;
    private ulong _smallestBlockingPosition;

    public BufferReclaimer(ControlWords control, LaneReaper lanes, PoolGeometry geometry)
    {
        _control = control;
        _lanes = lanes;
        _geometry = geometry;
        _lastSequence = new ulong[_geometry.BufferCount];
        _free = new int[_geometry.BufferCount];
        _owned = new bool[_geometry.BufferCount];
        _held = new ulong[HeldBytes.WordCount(_geometry.BufferCount)];
        _lossyPosition = new ulong[_geometry.LaneCount];
    }

    /// <summary>Sequence of the newest frame; the producer sets it.</summary>
    public ulong Published { get; private set; }

    /// <summary>Buffers known to be free without another scan.</summary>
    public int FreeCount => _freeCount;

    /// <summary>Learns from the ring of a dead producer which frame each buffer holds.</summary>
    /// <remarks>
    /// The ring says what was committed. What the dead producer said of it lags one behind at most, or is garbage.
    /// </remarks>
    /// <returns>Sequence of the newest frame that it committed.</returns>
    public ulong Recover()
    {
        ulong published = 0;
        for (int i = 0; i < _geometry.RingCapacity; i++)
        {
            ulong commit = _control.Ring[i].Commit;
            int index = RingEntry.IndexOf(commit);
            ulong sequence = RingEntry.SequenceOf(commit);
            if (index < _geometry.BufferCount && (sequence & _control.RingMask) == (ulong)i)
            {
                published = Math.Max(published, sequence); // step: takeover_adopt
                CrashPoint.Reached("takeover_adopt");
                _lastSequence[index] = Math.Max(_lastSequence[index], sequence); // step: takeover_last
                CrashPoint.Reached("takeover_last");
            }
        }

        Published = published;
        return published;
    }

    /// <summary>
    /// Hands out a buffer that was found free earlier. Where there is time for it, looks once more and takes the buffer
    /// that was used last, which is the most likely to be in the processor's caches still. So a stream whose consumers
    /// keep up goes round in a few buffers, however many there are.
    /// </summary>
    public bool TryTakeListed(out int index)
    {
        if (_isSparse)
        {
            while (_freeCount > 0)
            {
                _owned[_free[--_freeCount]] = false;
            }

            Scan();
        }

        return TryTakeFree(out index);
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
    /// <param name="index">The buffer.</param>
    /// <param name="sequence">The frame's sequence.</param>
    /// <param name="timestamp">The frame's time, nanoseconds.</param>
    public void MarkPublished(int index, ulong sequence, long timestamp)
    {
        _isSparse = timestamp - _publishedAt > Sparse;
        _publishedAt = timestamp;
        _newestBuffer = index;
        _lastSequence[index] = sequence;
        _owned[index] = false;
        Published = sequence;
    }

    /// <summary>
    /// Takes back a buffer that was handed out and not published; nothing in it can be seen by anybody.
    /// </summary>
    public void MarkUnused(int index) => _free[_freeCount++] = index;

    /// <summary>
    /// Scans; if nothing is free, takes frames away from lanes that may lose them, just as many as needed.
    /// </summary>
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

    /// <summary>Looks at every lane once and lists the buffers that nobody needs.</summary>
    private bool Scan()
    {
        // sync: join, sync: floor - keeps the stores of published and of raised floors before the loads of the lanes.
        Ordering.FullFence(); // step: scan_fence
        CrashPoint.Reached("scan_fence");
        Array.Clear(_held);
        _smallestPosition = ulong.MaxValue;
        _smallestBlockingPosition = ulong.MaxValue;
        if (_anyLossy)
        {
            Array.Fill(_lossyPosition, ulong.MaxValue);
            _anyLossy = false;
        }

        for (int k = 0; k < _lossyPosition.Length; k++)
        {
            if (!_lanes.IsFree(k) && _lanes.TryHeed(k, Published, out LaneSnapshot lane))
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
            _held[i] |= _lanes.Held[i];
        }

        if (!lane.IsReading)
        {
            return;
        }

        ulong position = lane.Cursor;
        if (lane.MayLose)
        {
            position = Math.Max(position, _control.Directives[k].Floor);
            _lossyPosition[k] = position;
            _anyLossy = true;
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
        ReadOnlySpan<ulong> lastSequences = _lastSequence;
        ulong newest = Math.Min(NewestOutsideHistory, _smallestPosition - 1);
        ulong warmestSequence = 0;
        int warmest = 0;
        int count = _freeCount;

        // The last one that is listed is the first to be handed out. Listed from the newest frame's buffer downwards,
        // they are used in the order of their numbers, which a consumer can foresee.
        int i = _newestBuffer;
        for (int left = lastSequences.Length; left > 0; left--, i = i == 0 ? lastSequences.Length - 1 : i - 1)
        {
            ulong last = lastSequences[i];
            if (last > newest || held[i] != 0 || _owned[i])
            {
                continue;
            }

            _owned[i] = true;
            _free[count] = i;
            if (last > warmestSequence)
            {
                warmest = count;
                warmestSequence = last;
            }

            count++;
        }

        _freeCount = count;
        if (_isSparse && count > 0)
        {
            // Where there is time between frames, warm caches count for more than the order.
            (_free[warmest], _free[count - 1]) = (_free[count - 1], _free[warmest]);
        }
    }

    /// <summary>
    /// Raises the floors of lanes that may lose frames just above the oldest frame that only they keep.
    /// </summary>
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
                _control.Directives[k].Floor = oldest + 1; // step: drop_raise
                CrashPoint.Reached("drop_raise");
            }
        }

        return true;
    }

    /// <summary>Whether only the positions of lanes, if anything, keep a buffer from being free.</summary>
    private bool IsReclaimable(int index, ReadOnlySpan<byte> held) =>
        !_owned[index] && held[index] == 0 && _lastSequence[index] <= NewestOutsideHistory;

    /// <summary>
    /// Sequence of the newest frame that is not kept for late joiners; zero, as for a buffer without a frame, when all
    /// are.
    /// </summary>
    private ulong NewestOutsideHistory => Published - Math.Min(Published, (ulong)_geometry.History);
}
