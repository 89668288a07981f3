using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Signaler;

namespace Bips.Layout;

/// <summary>
/// What a frame's bytes are: one word beside each buffer, which belongs to the frame as its payload does.
/// </summary>
/// <remarks>
/// <code>
///  63                         32 31                          0
/// +-----------------------------+-----------------------------+
/// |            flags            |            length           |   word
/// +-----------------------------+-----------------------------+
/// </code>
/// The producer writes it while the buffer is its own, and only if it changes: in a stream of equal frames it never
/// changes, so its line stays in the caches of all who read it.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = sizeof(ulong))]
internal struct FrameHeader
{
    /// <summary>{flags, length}; zero before the first use.</summary>
    [FieldOffset(0x00)] private ulong _word;

    /// <summary>The word of the frame in the buffer, for who holds the buffer.</summary>
    public readonly ulong Word
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ordering.LoadAcquire(in _word); // sync: rewrite
    }

    /// <summary>Bytes of payload in a word, which a faulty producer may have written.</summary>
    public static uint LengthOf(ulong word) => (uint)word;

    /// <summary>The user's flags in a word.</summary>
    public static uint FlagsOf(ulong word) => (uint)(word >> 32);

    /// <summary>
    /// Says what is in the buffer. If that is what was there before, the line stays with who reads it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Describe(int length, uint flags)
    {
        ulong word = Pack(length, flags);
        if (_word != word) // sync: rewrite - the producer's own word, which nobody else writes
        {
            Ordering.StoreRelease(ref _word, word); // sync: rewrite
        }
    }

    private static ulong Pack(int length, uint flags) => ((ulong)flags << 32) | (uint)length;
}
