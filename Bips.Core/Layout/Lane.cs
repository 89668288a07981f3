using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Signaler;

namespace Bips.Layout;

/// <summary>One consumer's page: the consumer alone writes, the producer reads and believes nothing.</summary>
/// <remarks>
/// Whoever holds the lock on byte k of the lanes object owns lane k. A lane whose lock nobody holds belongs to a dead
/// consumer and counts for nothing. The <see cref="HeldBytes"/> follow these words.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = HeldOffset)]
internal unsafe struct Lane
{
    /// <summary>Where the held bytes begin.</summary>
    public const int HeldOffset = 0x60;

    /// <summary>A <see cref="LaneState"/>, stored after the words that it makes valid.</summary>
    [FieldOffset(0x00)] private uint _state;

    /// <summary>An <see cref="OverflowKind"/>.</summary>
    [FieldOffset(0x04)] private uint _policy;

    /// <summary>Depth of <see cref="OverflowKind.Latest"/>.</summary>
    [FieldOffset(0x08)] private uint _depth;

    /// <summary>How many buffers this consumer may hold at once.</summary>
    [FieldOffset(0x0C)] private uint _quota;

    /// <summary>
    /// Process id in its own PID namespace: for messages only, never for decisions about buffers. It is zero until the
    /// consumer has joined, that is, as long as the consumer may still skip frames that are being published.
    /// </summary>
    [FieldOffset(0x10)] private uint _processId;

    /// <summary>
    /// Random number of this use of the lane, so that an eviction meets the use that it was meant for.
    /// </summary>
    [FieldOffset(0x18)] private ulong _incarnation;

    /// <summary>Next sequence that this consumer will take, stored after the held byte.</summary>
    [FieldOffset(0x40)] private ulong _cursor;

    /// <summary>Number of frames taken.</summary>
    [FieldOffset(0x48)] private ulong _taken;

    /// <summary>Number of frames lost between the first one taken and the cursor.</summary>
    [FieldOffset(0x50)] private ulong _lost;

    /// <summary>
    /// What the lane is used for, as a number, because its writer is not believed. Storing
    /// <see cref="LaneState.Active"/> is one half of a pair: a full fence follows.
    /// </summary>
    public uint State
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => Ordering.LoadAcquire(in _state); // sync: join
        set => Ordering.StoreRelease(ref _state, value); // sync: join
    }

    /// <summary>An <see cref="OverflowKind"/>, if its writer is sane.</summary>
    public readonly uint Policy => Ordering.LoadAcquire(in _policy); // sync: join

    /// <summary>Buffers that it may hold.</summary>
    public readonly uint Quota => Ordering.LoadAcquire(in _quota); // sync: join

    /// <summary>Zero until the consumer has joined.</summary>
    public uint ProcessId
    {
        readonly get => Ordering.LoadAcquire(in _processId); // sync: listed
        set => Ordering.StoreRelease(ref _processId, value); // sync: listed
    }

    /// <summary>Number of this use of the lane.</summary>
    public readonly ulong Incarnation => Ordering.LoadAcquire(in _incarnation); // sync: join

    /// <summary>
    /// Next sequence to take: whoever reads it finds the buffers of all earlier ones held or released.
    /// </summary>
    public ulong Cursor
    {
        readonly get => Ordering.LoadAcquire(in _cursor); // sync: cursor
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Ordering.StoreRelease(ref _cursor, value); // sync: cursor
    }

    /// <summary>Frames taken.</summary>
    public ulong Taken
    {
        readonly get => Ordering.LoadAcquire(in _taken); // sync: statistics
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Ordering.StoreRelease(ref _taken, value); // sync: statistics
    }

    /// <summary>Frames lost.</summary>
    public ulong Lost
    {
        readonly get => Ordering.LoadAcquire(in _lost); // sync: statistics
        set => Ordering.StoreRelease(ref _lost, value); // sync: statistics
    }

    /// <summary>The bytes of one lane that say which buffers its consumer reads.</summary>
    public static HeldBytes HeldOf(Lane* lane) => new((byte*)lane + HeldOffset);

    /// <summary>
    /// Describes a new use of a lane that is free. Each store is a release, so none of them is seen before the store
    /// that made the lane free.
    /// </summary>
    public void Describe(OverflowPolicy policy, int quota, ulong incarnation)
    {
        Ordering.StoreRelease(ref _taken, 0); // sync: statistics
        Ordering.StoreRelease(ref _lost, 0); // sync: statistics
        Ordering.StoreRelease(ref _policy, (uint)policy.Kind); // sync: join
        Ordering.StoreRelease(ref _depth, (uint)policy.Depth); // sync: join
        Ordering.StoreRelease(ref _quota, (uint)quota); // sync: join
        Ordering.StoreRelease(ref _processId, 0); // sync: listed
        Ordering.StoreRelease(ref _incarnation, incarnation); // sync: join
    }
}
