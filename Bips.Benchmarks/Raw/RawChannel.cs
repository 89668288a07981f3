using System.Runtime.CompilerServices;
using Bips.Benchmarks.Ends;
using Bips.Signaler;

namespace Bips.Benchmarks.Raw;

/// <summary>
/// The bare limit of a hand-over: the sender writes one line of payload, then a number on another line that announces
/// it. With one slot this is the ping-pong of two dependent lines. With many slots the receiver may be late, and the
/// sender waits before it overwrites a slot.
/// </summary>
/// <remarks>Each end is a copy of this struct over the same zeroed memory.</remarks>
internal unsafe struct RawChannel
{
    /// <summary>Distance at which the processor does not fetch two lines together; it fetches them in pairs.</summary>
    private const int LineDistance = 128;

    private const int SlotLength = 2 * LineDistance;

    private const int HeaderLength = 2 * LineDistance;

    private readonly byte* _memory;
    private readonly ulong _slotMask;
    private ulong _number;
    private ulong _seenTaken;

    /// <param name="memory">Zeroed; <see cref="Length"/> bytes.</param>
    /// <param name="slots">A power of two.</param>
    public RawChannel(byte* memory, int slots)
    {
        _memory = memory;
        _slotMask = (ulong)slots - 1;
    }

    /// <summary>Futex word on which the receiver sleeps.</summary>
    private readonly ref uint Word => ref *(uint*)_memory;

    /// <summary>Number of the last line that the receiver has read.</summary>
    private readonly ref ulong Taken => ref *(ulong*)(_memory + LineDistance);

    /// <summary>Bytes of memory that a channel needs.</summary>
    public static int Length(int slots) => HeaderLength + (slots * SlotLength);

    /// <summary>Sender: writes and publishes; with <paramref name="wakes"/>, wakes a receiver that sleeps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Send(ulong value, bool wakes)
    {
        byte* slot = Slot(++_number);
        if (_slotMask > 0 && _number - _seenTaken > _slotMask)
        {
            WaitForRoom();
        }

        PayloadWork.WriteLine(new Span<byte>(slot + LineDistance, PayloadWork.LineLength), value);
        Ordering.StoreRelease(ref *(ulong*)slot, _number);
        if (wakes)
        {
            Ordering.StoreRelease(ref Word, Word + 1);
            Futex.Wake(ref Word, 1);
        }
    }

    /// <summary>Receiver: waits until the next line is there and reads it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Receive(RawWait wait)
    {
        byte* slot = Slot(++_number);
        if (wait == RawWait.Futex)
        {
            SleepUntilPublished(slot);
        }
        else
        {
            while (Ordering.LoadAcquire(ref *(ulong*)slot) != _number)
            {
                if (wait == RawWait.Relaxed)
                {
                    AdaptiveSpin.Pause();
                }
            }
        }

        ulong value = PayloadWork.ReadLine(new ReadOnlySpan<byte>(slot + LineDistance, PayloadWork.LineLength));
        if (_slotMask > 0)
        {
            Ordering.StoreRelease(ref Taken, _number);
        }

        return value;
    }

    private void WaitForRoom()
    {
        while (_number - (_seenTaken = Ordering.LoadAcquire(ref Taken)) > _slotMask)
        {
            Thread.Yield();
        }
    }

    private readonly void SleepUntilPublished(byte* slot)
    {
        while (true)
        {
            uint seen = Ordering.LoadAcquire(ref Word);
            if (Ordering.LoadAcquire(ref *(ulong*)slot) == _number)
            {
                return;
            }

            Futex.Wait(ref Word, seen, Deadline.Never);
        }
    }

    private readonly byte* Slot(ulong number) => _memory + HeaderLength + ((long)(number & _slotMask) * SlotLength);
}
