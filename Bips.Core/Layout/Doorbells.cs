using System.Runtime.InteropServices;

namespace Bips.Layout;

/// <summary>
/// First page of the lanes object: the only words that more than one party writes. Every consumer maps it for writing; the worst
/// that a wrong value can do is a needless or a late wake-up.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 0x180)]
internal struct Doorbells
{
    /// <summary>Futex word on which a producer without a free buffer sleeps; consumers add one when they give one back.</summary>
    [FieldOffset(0x80)] public uint ProducerBell;

    /// <summary>Consumers add one before they sleep; a producer that finds it changed wakes them.</summary>
    [FieldOffset(0x100)] public uint SleeperBell;
}
