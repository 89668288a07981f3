using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Signaler;

namespace Bips.Layout;

/// <summary>What the producer tells one lane: the producer writes, the lane's consumer reads.</summary>
[StructLayout(LayoutKind.Explicit, Size = 0x40)]
internal struct LaneDirective
{
    /// <summary>Sequences below this one are lost to a lane whose policy may lose frames.</summary>
    /// <remarks>
    /// It is only ever raised, and never above what history keeps. So a later owner of the lane is not hurt by what an
    /// earlier one was told.
    /// </remarks>
    [FieldOffset(0x00)] private ulong _floor;

    /// <summary>Incarnation of the consumer that was evicted from this lane, stored after the reason.</summary>
    [FieldOffset(0x08)] private ulong _evictedIncarnation;

    /// <summary>An <see cref="Bips.EvictionReason"/>.</summary>
    [FieldOffset(0x10)] private uint _evictionReason;

    /// <summary>
    /// Sequences below it are lost to the lane. Raising it is one half of a pair: a full fence follows.
    /// </summary>
    public ulong Floor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => Ordering.LoadAcquire(in _floor); // sync: floor
        set => Ordering.StoreRelease(ref _floor, value); // sync: floor
    }

    /// <summary>Who was evicted last; nobody's incarnation is zero.</summary>
    public readonly ulong EvictedIncarnation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ordering.LoadAcquire(in _evictedIncarnation); // sync: evict
    }

    /// <summary>Why <see cref="EvictedIncarnation"/>, read before it, was evicted.</summary>
    public readonly EvictionReason EvictionReason =>
        (EvictionReason)Ordering.LoadAcquire(in _evictionReason); // sync: evict

    /// <summary>Tells one use of the lane that it is evicted.</summary>
    public void Evict(ulong incarnation, EvictionReason reason)
    {
        Ordering.StoreRelease(ref _evictionReason, (uint)reason); // sync: evict
        Ordering.StoreRelease(ref _evictedIncarnation, incarnation); // sync: evict
    }
}
