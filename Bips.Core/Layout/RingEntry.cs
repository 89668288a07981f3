using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Signaler;

namespace Bips.Layout;

/// <summary>One published frame: which buffer it is in, and when it was pushed.</summary>
/// <remarks>
/// <code>
///  63                                      12 11          0
/// +------------------------------------------+-------------+
/// |                sequence                  | buffer index|   commit word
/// +------------------------------------------+-------------+
/// </code>
/// <para>The entry of sequence <c>s</c> is number <c>s mod capacity</c>. The producer stores the time, then the commit
/// word. It rewrites an entry only after it has raised the floors of all lanes that might still read it. So a lane that
/// finds its floor unmoved has read the time of one frame.</para>
/// <para>An entry holds what differs from frame to frame, so that four entries fit into a cache line: a stream of small
/// frames moves one line for four of them. What seldom differs is in <see cref="FrameHeader"/>.</para>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 0x10)]
internal struct RingEntry
{
    /// <summary>Bits of the commit word that hold the buffer index.</summary>
    public const int IndexBits = 12;

    /// <summary>Largest number of buffers.</summary>
    public const int MaximumBuffers = 1 << IndexBits;

    /// <summary>{sequence, buffer index}; zero before the first use. Its store is what publishes.</summary>
    [FieldOffset(0x00)] private ulong _commit;

    /// <summary>Nanoseconds on CLOCK_MONOTONIC: the push, or what the producer gave instead.</summary>
    [FieldOffset(0x08)] private ulong _timestamp;

    /// <summary>{sequence, buffer index}: whoever finds a sequence here may read all of its frame.</summary>
    public readonly ulong Commit
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ordering.LoadAcquire(in _commit); // sync: commit
    }

    /// <summary>The frame's time; that of a later frame where the entry was rewritten meanwhile.</summary>
    public long Timestamp
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => (long)Ordering.LoadAcquire(in _timestamp); // sync: rewrite
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Ordering.StoreRelease(ref _timestamp, (ulong)value); // sync: rewrite
    }

    /// <summary>Sequence in a commit word.</summary>
    public static ulong SequenceOf(ulong commit) => commit >> IndexBits;

    /// <summary>Buffer index in a commit word.</summary>
    public static int IndexOf(ulong commit) => (int)(commit & (MaximumBuffers - 1));

    /// <summary>Puts a commit word together.</summary>
    public static ulong Pack(ulong sequence, int index) => (sequence << IndexBits) | (uint)index;

    /// <summary>Publishes the frame in a buffer, whose time, header and payload are stored before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish(ulong sequence, int index) =>
        Ordering.StoreRelease(ref _commit, Pack(sequence, index)); // sync: commit
}
