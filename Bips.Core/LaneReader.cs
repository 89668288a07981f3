using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;
using Microsoft.Win32.SafeHandles;

namespace Bips;

/// <summary>The consumer's side of the protocol, word by word: join, take, release, leave.</summary>
/// <remarks>
/// Killed between any two stores it leaves a lane whose lock is free, which counts for nothing. What it reads of the producer
/// it checks before it uses it.
/// </remarks>
internal sealed unsafe class LaneReader
{
    private readonly PoolMemory _pool;
    private readonly LaneMemory _memory;
    private readonly PoolGeometry _geometry;
    private readonly RingEntry* _ring;
    private readonly FrameHeader* _frameHeaders;
    private readonly Lane* _lane;
    private readonly byte* _held;
    private readonly LaneDirective* _directive;
    private readonly DoorbellSemaphore _doorbell;
    private readonly ulong _ringMask;
    private readonly bool _mayLose;

    /// <summary>Whether the producer may take away a frame that this lane has not taken.</summary>
    private readonly bool _mustConfirm;
    private readonly ulong _depth;
    private ulong _incarnation;

    /// <summary>Next sequence to take: what the lane's cursor says.</summary>
    private ulong _cursor;

    /// <summary>Frames skipped so far: what the lane says.</summary>
    private ulong _lost;

    /// <summary>Frames taken so far: what the lane says.</summary>
    private ulong _taken;

    /// <summary>The buffer that was taken last.</summary>
    private int _newestBuffer;

    public LaneReader(PoolMemory pool, LaneMemory memory, OverflowPolicy policy)
    {
        _pool = pool;
        _memory = memory;
        _geometry = pool.Geometry;
        _ring = pool.Ring;
        _frameHeaders = pool.FrameHeaders;
        _lane = memory.Lane;
        _held = memory.Held;
        _directive = pool.Directives + memory.Number;
        _doorbell = new DoorbellSemaphore(&pool.State->Waiting, &memory.Doorbells->ProducerBell);
        _ringMask = (ulong)_geometry.RingCapacity - 1;
        _mayLose = policy.MayLose;
        _mustConfirm = _mayLose || _geometry.EvictsStalled;
        _depth = (ulong)policy.Depth;
    }

    public ulong Cursor => _cursor;

    public ulong Lost => _lost;

    public ulong Taken => _taken;

    /// <summary>Whether the producer evicted this consumer.</summary>
    public bool IsEvicted
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ordering.LoadAcquire(ref _directive->EvictedIncarnation) == _incarnation; // sync: evict
    }

    /// <summary>Makes the claimed lane this consumer's and sets it behind the newest frames.</summary>
    /// <param name="options">What the consumer asks for.</param>
    /// <param name="history">How many frames already published it wants at most.</param>
    public void Join(ConsumerOptions options, int history)
    {
        Ordering.StoreRelease(ref _lane->State, (uint)LaneState.Free); // step: join_wipe
        CrashPoint.Reached("join_wipe");
        new Span<byte>(_held, _geometry.BufferCount).Clear();
        _lane->Taken = 0;
        _lane->Lost = 0;
        _lane->Policy = (uint)options.Overflow.Kind;
        _lane->Depth = (uint)options.Overflow.Depth;
        _lane->Quota = (uint)options.MaximumHeld;
        _lane->ProcessId = 0;
        _incarnation = RandomIncarnation();
        Ordering.StoreRelease(ref _lane->Incarnation, _incarnation);
        _cursor = FirstWanted(history);
        Ordering.StoreRelease(ref _lane->Cursor, _cursor); // step: join_place
        CrashPoint.Reached("join_place");
        Ordering.StoreRelease(ref _lane->State, (uint)LaneState.Active); // step: join_activate
        CrashPoint.Reached("join_activate");

        // sync: join - keeps the store of the state before the second load of published: either the producer's next
        // scan sees this lane, or this lane sees everything published before that scan.
        Ordering.FullFence();
        _cursor = FirstWanted(history);
        Ordering.StoreRelease(ref _lane->Cursor, _cursor); // step: join_confirm
        CrashPoint.Reached("join_confirm");
        _doorbell.Ring(); // step: join_bell - the wipe and the moved cursor may have freed what the producer waits for.
        CrashPoint.Reached("join_bell");
        Ordering.StoreRelease(ref _lane->ProcessId, (uint)Environment.ProcessId); // sync: listed
    }

    /// <summary>Whether the next frame, or one behind it, has been committed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNextCommitted()
    {
        ulong next = NextSequence();
        if (RingEntry.SequenceOf(Ordering.LoadAcquire(ref EntryOf(next)->Commit)) < next)
        {
            return false;
        }

        // Producers that keep up use buffers in the order of their numbers. Which one is next is in the entry, too, but an address that does not
        // come out of it lets a processor that foresees the end of a spin ask for entry and payload at once.
        _pool.Prefetch(_newestBuffer + 1 < _geometry.BufferCount ? _newestBuffer + 1 : 0);
        return true;
    }

    /// <summary>Takes the next frame if it has been committed.</summary>
    /// <exception cref="BipsException"><see cref="BipsError.Corrupt"/>: the producer wrote what no producer writes.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out TakenFrame frame)
    {
        while (true)
        {
            ulong next = NextSequence(); // step: pull_position
            RingEntry* entry = EntryOf(next);
            ulong commit = Ordering.LoadAcquire(ref entry->Commit); // sync: commit, step: pull_look
            if (RingEntry.SequenceOf(commit) == next && TryHold(entry, commit, next, out frame))
            {
                Advance(next);
                _newestBuffer = frame.Index;
                return true;
            }

            if (RingEntry.SequenceOf(commit) < next || !WasOverrun(next)) // step: pull_overrun
            {
                frame = default;
                return false;
            }
        }
    }

    /// <summary>Gives a buffer back. Any thread may do so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(int index)
    {
        // sync: doorbell - keeps this store before the load of the waiting flag.
        Ordering.StoreFenced(ref _held[index], 0); // sync: release, step: release_held
        CrashPoint.Reached("release_held");
        _doorbell.RingFenced();
    }

    /// <summary>Stops reading but keeps what is held.</summary>
    public void StopReading()
    {
        Ordering.StoreRelease(ref _lane->State, (uint)LaneState.Leaving);
        _doorbell.Ring();
    }

    /// <summary>Gives up the lane; what was held is free.</summary>
    public void Leave()
    {
        Ordering.StoreRelease(ref _lane->State, (uint)LaneState.Free); // step: leave_free
        CrashPoint.Reached("leave_free");
        _doorbell.Ring();
    }

    /// <summary>
    /// Checks the sizing rule with this lane in it. Two joiners that check at the same time may both be refused, never both
    /// admitted: each has made its lane active before it looks at the other's.
    /// </summary>
    /// <exception cref="BipsException"><see cref="BipsError.PoolTooSmall"/>, with the rule and the numbers.</exception>
    public void CheckSizingRule(int own)
    {
        if (!_mayLose && !_geometry.EvictsStalled)
        {
            return;
        }

        SafeFileHandle lanes = _memory.File;
        long others = 0;
        Span<byte> words = stackalloc byte[Lane.HeldOffset];
        for (int number = 0; number < _geometry.LaneCount; number++)
        {
            long offset = _geometry.PageSize + (number * _geometry.LaneStride);
            if (number == _memory.Number || RandomAccess.Read(lanes, words, offset) != words.Length)
            {
                continue;
            }

            Lane other = System.Runtime.InteropServices.MemoryMarshal.Read<Lane>(words);
            bool counts = _geometry.EvictsStalled || other.Policy != (uint)OverflowKind.Block;
            if (other.State != (uint)LaneState.Free && counts && LivenessLock.IsHeldElsewhere(lanes, number))
            {
                others += Math.Min(other.Quota, (uint)_geometry.BufferCount);
            }
        }

        if (own + others > _geometry.HoldAllowance)
        {
            string who = _geometry.EvictsStalled ? "consumers" : "consumers that may lose frames";
            throw new BipsException(BipsError.PoolTooSmall,
                $"The pool is too small for one more consumer that holds {own}: the rule is buffers > write leases + history + " +
                $"what {who} hold, and here {_geometry.BufferCount} > {_geometry.WriteLeases} + {_geometry.History} + " +
                $"({others} + {own}) does not hold. Create the pool with at least " +
                $"{_geometry.WriteLeases + _geometry.History + others + own + 1} buffers, or hold fewer.");
        }
    }

    private static ulong RandomIncarnation()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes) | 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RingEntry* EntryOf(ulong sequence) => _ring + (sequence & _ringMask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong NextSequence()
    {
        if (!_mayLose)
        {
            return _cursor;
        }

        ulong next = Math.Max(_cursor, Ordering.LoadAcquire(ref _directive->Floor));
        if (_depth > 0)
        {
            ulong published = Ordering.LoadAcquire(ref _pool.State->Published); // sync: posted
            if (published >= _depth)
            {
                next = Math.Max(next, published - _depth + 1);
            }
        }

        return next;
    }

    private ulong FirstWanted(int history)
    {
        ulong published = Ordering.LoadAcquire(ref _pool.State->Published); // sync: posted
        ulong wanted = published >= (ulong)history ? published - (ulong)history + 1 : 1;
        return Math.Max(wanted, Ordering.LoadAcquire(ref _pool.State->EpochStart));
    }

    /// <summary>Claims a committed frame and copies what is known about it.</summary>
    /// <returns>False when the producer took the frame away first, which it may do to a lane that may lose frames.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryHold(RingEntry* entry, ulong commit, ulong sequence, out TakenFrame frame)
    {
        int index = RingEntry.IndexOf(commit);
        if (index >= _geometry.BufferCount)
        {
            ThrowCorrupt("buffer index", (ulong)index, sequence);
        }

        _pool.Prefetch(index);

        // Whoever gave the buffer back cleared the byte before the producer could publish it again.
        if (_held[index] != 0)
        {
            ThrowUnlessEvicted("a buffer that this consumer still holds, index", (ulong)index, sequence);
            frame = default;
            return false;
        }

        Hold(index); // step: pull_hold
        CrashPoint.Reached("pull_hold");
        long timestamp = (long)Ordering.LoadAcquire(ref entry->Timestamp); // step: pull_copy
        CrashPoint.Reached("pull_copy");
        ulong header = Ordering.LoadAcquire(ref _frameHeaders[index].Word);

        // sync: rewrite - time or header of a later frame implies a floor above this one, which was raised before the buffer of that frame was
        // taken.
        if (_mustConfirm && !IsConfirmed(sequence)) // step: pull_confirm
        {
            Release(index); // step: pull_undo
            CrashPoint.Reached("pull_undo");
            frame = default;
            return false;
        }

        CrashPoint.Reached("pull_confirm");
        uint length = FrameHeader.LengthOf(header);
        if (length > (uint)_geometry.BufferSize)
        {
            Release(index);
            ThrowCorrupt("length", length, sequence);
        }

        frame = new TakenFrame(index, (int)length, sequence, timestamp, FrameHeader.FlagsOf(header));
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Hold(int index)
    {
        if (_mustConfirm)
        {
            // sync: floor - keeps the store of the held byte before the loads of floor and eviction: either the producer's
            // scan sees the byte, or this lane sees what was stored before that scan.
            Ordering.StoreFenced(ref _held[index], 1);
        }
        else
        {
            Ordering.StoreRelease(ref _held[index], 1);
        }
    }

    /// <summary>Whether the producer still keeps the frame for this lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsConfirmed(ulong sequence) =>
        _mayLose ? Ordering.LoadAcquire(ref _directive->Floor) <= sequence : !IsEvicted;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance(ulong sequence)
    {
        if (sequence != _cursor)
        {
            _lost += sequence - _cursor;
            _lane->Lost = _lost;
        }

        _lane->Taken = ++_taken;
        _cursor = sequence + 1;
        Ordering.StoreRelease(ref _lane->Cursor, _cursor); // sync: cursor, step: pull_advance
        CrashPoint.Reached("pull_advance");
    }

    /// <summary>Whether the producer took the next frame away, so that there is another next one.</summary>
    /// <returns>False for a lane that must not lose frames: it was evicted, which the caller finds out.</returns>
    private bool WasOverrun(ulong next)
    {
        if (NextSequence() > next)
        {
            return true;
        }

        ThrowUnlessEvicted("sequence", RingEntry.SequenceOf(Ordering.LoadAcquire(ref EntryOf(next)->Commit)), next);
        return false;
    }

    /// <summary>An evicted consumer's frames and buffers are overwritten: it finds out that it is one. For any other it is a fault.</summary>
    private void ThrowUnlessEvicted(string word, ulong value, ulong sequence)
    {
        if (!IsEvicted)
        {
            ThrowCorrupt(word, value, sequence);
        }
    }

    private void ThrowCorrupt(string word, ulong value, ulong sequence) => throw new BipsException(BipsError.Corrupt,
        $"Ring entry {sequence & _ringMask} of '{_pool.Path}' has {word} {value} where sequence {sequence} is expected: its " +
        "producer is faulty, or something else wrote into the file. Restart the producer.");
}
