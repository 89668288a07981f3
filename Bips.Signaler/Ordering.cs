using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

#pragma warning disable RS0030 // the one place where the framework's primitives are used

namespace Bips.Signaler;

/// <summary>
/// The memory-ordering operations of Bips. Words in shared memory are read and written through these alone, so that
/// every access says what it is ordered against; <c>docs/memory-ordering.md</c> lists the pairs.
/// </summary>
/// <remarks>
/// All of them are safe on x86-64 and arm64 and from any thread. The model is that of C11: an acquire load that sees
/// the value of a release store also sees everything stored before it. Only <see cref="FullFence"/>,
/// <see cref="StoreFenced(ref ulong, ulong)"/> and <see cref="FetchAdd"/> keep an earlier store before a later load.
/// </remarks>
public static class Ordering
{
    /// <summary>Loads; no later access moves before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte LoadAcquire(ref readonly byte word) => Volatile.Read(in word);

    /// <inheritdoc cref="LoadAcquire(ref readonly byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint LoadAcquire(ref readonly uint word) => Volatile.Read(in word);

    /// <inheritdoc cref="LoadAcquire(ref readonly byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LoadAcquire(ref readonly ulong word) => Volatile.Read(in word);

    /// <summary>Stores; no earlier access moves behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRelease(ref byte word, byte value) => Volatile.Write(ref word, value);

    /// <inheritdoc cref="StoreRelease(ref byte, byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRelease(ref uint word, uint value) => Volatile.Write(ref word, value);

    /// <inheritdoc cref="StoreRelease(ref byte, byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRelease(ref ulong word, ulong value) => Volatile.Write(ref word, value);

    /// <summary>
    /// Stores; no access moves across the store, in either direction: a release store and a full fence.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFenced(ref byte word, byte value)
    {
        if (X86Base.IsSupported)
        {
            // One locked instruction is both. A fence of its own is one on the top of the stack, and whatever lies
            // there is then slow to read.
            Interlocked.Exchange(ref word, value);
        }
        else
        {
            Volatile.Write(ref word, value);
            Interlocked.MemoryBarrier();
        }
    }

    /// <inheritdoc cref="StoreFenced(ref byte, byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFenced(ref ulong word, ulong value)
    {
        if (X86Base.IsSupported)
        {
            Interlocked.Exchange(ref word, value);
        }
        else
        {
            Volatile.Write(ref word, value);
            Interlocked.MemoryBarrier();
        }
    }

    /// <summary>No access moves across it, in either direction. Costs about 20 cycles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FullFence() => Interlocked.MemoryBarrier();

    /// <summary>Adds to a word that several parties write; also a full fence.</summary>
    /// <returns>The value before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint FetchAdd(ref uint word, uint value)
    {
        uint before = Interlocked.Add(ref word, value) - value;
        if (!X86Base.IsSupported)
        {
            // On arm64 the addition (ldaddal) acquires and releases, but a later load (ldapr) may overtake its store.
            Interlocked.MemoryBarrier();
        }

        return before;
    }

    /// <summary>
    /// Stores into a word that several threads of one process write, if it has the value that is expected. Of several
    /// that expect the same value one succeeds. Acquires and releases.
    /// </summary>
    /// <returns>The value before: <paramref name="comparand"/> if the word was stored.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte CompareExchange(ref byte word, byte value, byte comparand) =>
        Interlocked.CompareExchange(ref word, value, comparand);

    /// <inheritdoc cref="CompareExchange(ref byte, byte, byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint CompareExchange(ref uint word, uint value, uint comparand) =>
        Interlocked.CompareExchange(ref word, value, comparand);

    /// <summary>
    /// A full fence in every running thread of this process, for the rare side of a pair whose frequent side then
    /// needs only the compiler to keep its order. Costs microseconds.
    /// </summary>
    public static void ProcessWideFence() => Interlocked.MemoryBarrierProcessWide();
}
