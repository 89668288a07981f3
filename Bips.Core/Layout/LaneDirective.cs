using System.Runtime.InteropServices;

namespace Bips.Layout;

/// <summary>What the producer tells one lane; the producer writes, the lane's consumer reads.</summary>
[StructLayout(LayoutKind.Explicit, Size = 0x40)]
internal struct LaneDirective
{
    /// <summary>
    /// Sequences below this one are lost to a lane whose policy may lose frames. Only ever raised, never above what history
    /// keeps, so a later owner of the lane is not hurt by an earlier one's.
    /// </summary>
    [FieldOffset(0x00)] public ulong Floor;

    /// <summary>Incarnation of the consumer that was evicted from this lane; stored (release) after the reason.</summary>
    [FieldOffset(0x08)] public ulong EvictedIncarnation;

    /// <summary>An <see cref="EvictionReason"/>.</summary>
    [FieldOffset(0x10)] public uint EvictionReason;
}
