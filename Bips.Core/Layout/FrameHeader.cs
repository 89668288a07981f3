using System.Runtime.InteropServices;

namespace Bips.Layout;

/// <summary>
/// What a frame's bytes are, beside its buffer: one word per buffer, which belongs to the frame as its payload does. The producer writes it
/// while the buffer is its own, and only if it changes.
/// </summary>
/// <remarks>
/// <code>
///  63                         32 31                          0
/// +-----------------------------+-----------------------------+
/// |            flags            |            length           |   word
/// +-----------------------------+-----------------------------+
/// </code>
/// In a stream of equal frames it never changes, so its line stays in the caches of all who read it.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = sizeof(ulong))]
internal struct FrameHeader
{
    /// <summary>{flags, length}; zero before the first use.</summary>
    [FieldOffset(0x00)] public ulong Word;

    /// <summary>Puts a word together.</summary>
    public static ulong Pack(int length, uint flags) => ((ulong)flags << 32) | (uint)length;

    /// <summary>Bytes of payload in a word, which a faulty producer may have written.</summary>
    public static uint LengthOf(ulong word) => (uint)word;

    /// <summary>The user's flags in a word.</summary>
    public static uint FlagsOf(ulong word) => (uint)(word >> 32);
}
