using System.Numerics;
using System.Runtime.CompilerServices;
using Bips.Signaler;

namespace Bips.Layout;

/// <summary>
/// The bytes behind a <see cref="Lane"/>: one per buffer, 1 while the lane's consumer reads that buffer.
/// </summary>
/// <remarks>They are bytes and not bits, so that several threads may give leases back with plain stores.</remarks>
/// <param name="first">The byte of buffer 0. The lane must stay mapped; each index is the caller's to check.</param>
internal readonly unsafe struct HeldBytes(byte* first)
{
    /// <summary>The only bits that a word of eight held bytes may have.</summary>
    public const ulong ValidBits = 0x0101_0101_0101_0101;

    /// <summary>Words of eight bytes that hold the bytes of so many buffers.</summary>
    public static int WordCount(int bufferCount) => (bufferCount + sizeof(ulong) - 1) / sizeof(ulong);

    /// <summary>How many buffers a word says are held, if it is valid.</summary>
    public static int CountIn(ulong word) => BitOperations.PopCount(word);

    /// <summary>Eight bytes at once, for the producer, which reads the cursor before them.</summary>
    public ulong Word(int index) => Ordering.LoadAcquire(ref ((ulong*)first)[index]); // sync: release

    /// <summary>Whether a buffer is held, asked by the lane's own consumer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsHeld(int buffer) => Ordering.LoadAcquire(ref first[buffer]) != 0; // sync: release

    /// <summary>Holds a buffer. A store of the cursor, which publishes it, follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Hold(int buffer) => Ordering.StoreRelease(ref first[buffer], 1); // sync: cursor

    /// <summary>
    /// Holds a buffer that the producer may take away at the same time. The fence keeps the store before the loads of
    /// floor and eviction: either the producer's scan sees the byte, or this lane sees what was stored before that
    /// scan.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void HoldFenced(int buffer) => Ordering.StoreFenced(ref first[buffer], 1); // sync: floor

    /// <summary>
    /// Releases a buffer. The fence keeps the store before the load of the word that says whether the producer waits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ReleaseFenced(int buffer) =>
        Ordering.StoreFenced(ref first[buffer], 0); // sync: release, sync: doorbell

    /// <summary>
    /// Releases all: of a lane that is free and whose next owner has its lock. Whole words, as the producer reads them:
    /// an earlier owner may have left anything behind the last buffer's byte.
    /// </summary>
    public void Clear(int bufferCount)
    {
        for (int word = 0; word < WordCount(bufferCount); word++)
        {
            Ordering.StoreRelease(ref ((ulong*)first)[word], 0); // sync: join
        }
    }
}
