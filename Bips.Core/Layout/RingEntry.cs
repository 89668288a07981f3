using System.Runtime.InteropServices;

namespace Bips.Layout;

/// <summary>
/// One published frame. The producer stores the time, then the commit word, each a release. It rewrites an entry only after it has
/// raised the floors of all lanes that might still read it, so a lane that finds its floor unmoved has read one frame's time.
/// </summary>
/// <remarks>
/// <code>
///  63                                      12 11          0
/// +------------------------------------------+-------------+
/// |                sequence                  | buffer index|   commit word
/// +------------------------------------------+-------------+
/// </code>
/// The entry of sequence <c>s</c> is number <c>s mod capacity</c>. It holds what differs from frame to frame, so that a cache line has room for
/// four: a stream of small frames moves one line for four of them. What seldom differs is in <see cref="FrameHeader"/>.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 0x10)]
internal struct RingEntry
{
    /// <summary>Bits of the commit word that hold the buffer index.</summary>
    public const int IndexBits = 12;

    /// <summary>Largest number of buffers.</summary>
    public const int MaximumBuffers = 1 << IndexBits;

    /// <summary>{sequence, buffer index}; zero before the first use. Its store is what publishes.</summary>
    [FieldOffset(0x00)] public ulong Commit;

    /// <summary>Nanoseconds on CLOCK_MONOTONIC: the push, or what the producer gave instead.</summary>
    [FieldOffset(0x08)] public ulong Timestamp;

    /// <summary>Puts a commit word together.</summary>
    public static ulong Pack(ulong sequence, int index) => (sequence << IndexBits) | (uint)index;

    /// <summary>Sequence in a commit word.</summary>
    public static ulong SequenceOf(ulong commit) => commit >> IndexBits;

    /// <summary>Buffer index in a commit word.</summary>
    public static int IndexOf(ulong commit) => (int)(commit & (MaximumBuffers - 1));
}
