using System.Runtime.CompilerServices;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;

namespace Bips.Protocol;

/// <summary>The consumer's side of the protocol, verb by verb: join, pull, release, leave.</summary>
/// <remarks>
/// <para>Killed between any two stores it leaves a lane whose lock is free, which counts for nothing. What it reads of
/// the producer it checks before it uses it.</para>
/// <para>One thread at a time, except <see cref="Release"/>. It needs the lane's lock and the memory mapped; its owner
/// sees to both.</para>
/// </remarks>
internal sealed unsafe class ConsumerSide
{
    private readonly PoolMemory _pool;
    private readonly LaneMemory _memory;
    private readonly Payload _payload;
    private readonly ProducerState* _state;
    private readonly PoolGeometry _geometry;
    private readonly RingEntry* _ring;
    private readonly FrameHeader* _frameHeaders;
    private readonly Lane* _lane;
    private readonly HeldBytes _held;
    private readonly LaneDirective* _directive;
    private readonly DoorbellSemaphore _doorbell;
    private readonly ulong _ringMask;
    private readonly OverflowPolicy _policy;
    private readonly bool _mayLose;

    /// <summary>Whether the producer may take away a frame that this lane has not taken.</summary>
    private readonly bool _mustConfirm;

    /// <summary>Number of this use of the lane.</summary>
    private ulong _incarnation;

    /// <summary>Next sequence to take: what the lane's cursor says.</summary>
    private ulong _cursor;

    /// <summary>Frames skipped so far: what the lane says.</summary>
    private ulong _lost;

    /// <summary>Frames taken so far: what the lane says.</summary>
    private ulong _taken;

    /// <summary>The buffer that was taken last.</summary>
    private int _newestBuffer;

    public ConsumerSide(PoolMemory pool, LaneMemory memory, OverflowPolicy policy)
    {
        _pool = pool;
        _memory = memory;
        _payload = pool.Payload;
        _geometry = pool.Geometry;
        _state = pool.Control.State;
        _ring = pool.Control.Ring;
        _ringMask = pool.Control.RingMask;
        _frameHeaders = pool.Control.FrameHeaders;
        _lane = memory.Lane;
        _held = Lane.HeldOf(memory.Lane);
        _directive = pool.Control.Directives + memory.Number;
        _doorbell = ProducerState.Doorbell(_state, memory.Doorbells);
        _policy = policy;
        _mayLose = policy.MayLose;
        _mustConfirm = _mayLose || _geometry.EvictsStalled;
    }

    /// <summary>Number of the lane, from 0.</summary>
    public int LaneNumber => _memory.Number;

    /// <summary>Where a consumer sleeps that has no next frame.</summary>
    public BroadcastSemaphore Sleepers => ProducerState.Broadcast(_state, _memory.Doorbells);

    /// <summary>Where the pool is in its life, as its producer says.</summary>
    public PoolState PoolState => _state->State; // step: wait_state

    /// <summary>
    /// Frames lost so far: those that were published after this consumer joined and that it will never get.
    /// </summary>
    public ulong Lost => _lost;

    /// <summary>Frames taken so far.</summary>
    public ulong Taken => _taken;

    /// <summary>Whether the producer evicted this consumer.</summary>
    public bool IsEvicted
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _directive->EvictedIncarnation == _incarnation;
    }

    /// <summary>Join: makes the claimed lane this consumer's and sets it behind the newest frames.</summary>
    /// <param name="quota">How many buffers it may hold at once.</param>
    /// <param name="history">How many frames already published it wants at most.</param>
    /// <exception cref="BipsException"><see cref="BipsError.PoolTooSmall"/>: the sizing rule forbids it.</exception>
    public void Join(int quota, int history)
    {
        CheckSizingRule(quota);
        Wipe(quota);
        Activate(history);
        try
        {
            CheckSizingRule(quota);
        }
        catch (BipsException)
        {
            Leave();
            throw;
        }
    }

    /// <summary>Whether the next frame, or one behind it, has been committed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNextCommitted()
    {
        ulong next = NextSequence();
        if (RingEntry.SequenceOf(EntryOf(next)->Commit) < next)
        {
            return false;
        }

        // Producers that keep up use buffers in the order of their numbers. The entry says which one is next, too. But
        // an address that does not come out of the entry lets a processor that foresees the end of a spin ask for entry
        // and payload at once.
        _payload.Prefetch(_newestBuffer + 1 < _geometry.BufferCount ? _newestBuffer + 1 : 0);
        return true;
    }

    /// <summary>Pull: takes the next frame if it has been committed.</summary>
    /// <exception cref="BipsException">
    /// <see cref="BipsError.Corrupt"/>: the producer wrote what no producer writes.
    /// </exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out TakenFrame frame)
    {
        while (true)
        {
            ulong next = NextSequence(); // step: pull_position
            RingEntry* entry = EntryOf(next);
            ulong commit = entry->Commit; // step: pull_look
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

    /// <summary>
    /// Pull, when no frame will come any more: counts the frames that were taken away behind the last one.
    /// </summary>
    public void CountLossAtEnd()
    {
        ulong next = NextSequence();
        if (next > _cursor)
        {
            CountLost(next);
            _cursor = next;
            _lane->Cursor = next;
        }
    }

    /// <summary>Release: gives a buffer back. Any thread may do so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(int index)
    {
        _held.ReleaseFenced(index); // step: release_held
        CrashPoint.Reached("release_held");
        _doorbell.RingFenced();
    }

    /// <summary>Leave, with leases open: stops reading but keeps what is held.</summary>
    public void StopReading()
    {
        _lane->State = (uint)LaneState.Leaving;
        _doorbell.Ring();
    }

    /// <summary>Leave: gives up the lane; what was held is free.</summary>
    public void Leave()
    {
        _lane->State = (uint)LaneState.Free; // step: leave_free
        CrashPoint.Reached("leave_free");
        _doorbell.Ring();
    }

    private static ulong RandomIncarnation() => KernelRandom.NextUInt64() | 1;

    private void CheckSizingRule(int quota) =>
        SizingRule.CheckJoiner(_policy, quota, _pool, _memory.File, _memory.Number);

    private void Wipe(int quota)
    {
        _lane->State = (uint)LaneState.Free; // step: join_wipe
        CrashPoint.Reached("join_wipe");
        _held.Clear(_geometry.BufferCount);
        _incarnation = RandomIncarnation();
        _lane->Describe(_policy, quota, _incarnation);
    }

    private void Activate(int history)
    {
        _cursor = FirstWanted(history);
        _lane->Cursor = _cursor; // step: join_place
        CrashPoint.Reached("join_place");
        _lane->State = (uint)LaneState.Active; // step: join_activate
        CrashPoint.Reached("join_activate");

        // sync: join - keeps the store of the state before the second load of published: either the producer's next
        // scan sees this lane, or this lane sees everything published before that scan.
        Ordering.FullFence();
        _cursor = FirstWanted(history);
        _lane->Cursor = _cursor; // step: join_confirm
        CrashPoint.Reached("join_confirm");
        _doorbell.Ring(); // step: join_bell - the wipe and the moved cursor may have freed what the producer waits for.
        CrashPoint.Reached("join_bell");
        _lane->ProcessId = (uint)Environment.ProcessId;
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

        ulong published = _policy.Depth > 0 ? _state->Published : 0;
        return _policy.NextSequence(_cursor, _directive->Floor, published);
    }

    private ulong FirstWanted(int history)
    {
        ulong published = _state->Published;
        ulong wanted = published >= (ulong)history ? published - (ulong)history + 1 : 1;
        return Math.Max(wanted, _state->EpochStart);
    }

    /// <summary>Claims a committed frame and copies what is known about it.</summary>
    /// <returns>
    /// False when the producer took the frame away first, which it may do to a lane that may lose frames.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryHold(RingEntry* entry, ulong commit, ulong sequence, out TakenFrame frame)
    {
        int index = RingEntry.IndexOf(commit);
        if (index >= _geometry.BufferCount)
        {
            ThrowCorrupt("buffer index", (ulong)index, sequence);
        }

        _payload.Prefetch(index);

        // Whoever gave the buffer back cleared the byte before the producer could publish it again.
        if (_held.IsHeld(index))
        {
            ThrowUnlessEvicted("a buffer that this consumer still holds, index", (ulong)index, sequence);
            frame = default;
            return false;
        }

        Hold(index); // step: pull_hold
        CrashPoint.Reached("pull_hold");
        long timestamp = entry->Timestamp; // step: pull_copy
        CrashPoint.Reached("pull_copy");
        ulong header = _frameHeaders[index].Word;

        // sync: rewrite - the time or header of a later frame implies a floor above this one: it was raised before the
        // buffer of that frame was taken.
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
            _held.HoldFenced(index);
        }
        else
        {
            _held.Hold(index);
        }
    }

    /// <summary>Whether the producer still keeps the frame for this lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsConfirmed(ulong sequence) =>
        _mayLose ? _directive->Floor <= sequence : !IsEvicted;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance(ulong sequence)
    {
        if (sequence != _cursor)
        {
            CountLost(sequence);
        }

        _lane->Taken = ++_taken;
        _cursor = sequence + 1;
        _lane->Cursor = _cursor; // step: pull_advance
        CrashPoint.Reached("pull_advance");
    }

    private void CountLost(ulong next)
    {
        _lost += next - _cursor;
        _lane->Lost = _lost;
    }

    /// <summary>Whether the producer took the next frame away, so that there is another next one.</summary>
    /// <returns>False for a lane that must not lose frames: it was evicted, which the caller finds out.</returns>
    private bool WasOverrun(ulong next)
    {
        if (NextSequence() > next)
        {
            return true;
        }

        ThrowUnlessEvicted("sequence", RingEntry.SequenceOf(EntryOf(next)->Commit), next);
        return false;
    }

    /// <summary>
    /// What is a fault for any other consumer is none for an evicted one, whose frames and buffers are overwritten: its
    /// pull finds out that it was evicted.
    /// </summary>
    private void ThrowUnlessEvicted(string word, ulong value, ulong sequence)
    {
        if (!IsEvicted)
        {
            ThrowCorrupt(word, value, sequence);
        }
    }

    private void ThrowCorrupt(string word, ulong value, ulong sequence) => throw new BipsException(BipsError.Corrupt,
        $"Ring entry {sequence & _ringMask} of '{_pool.Place.PoolPath}' has {word} {value} where sequence {sequence} " +
        "is expected: its producer is faulty, or something else wrote into the file. Restart the producer.");
}
