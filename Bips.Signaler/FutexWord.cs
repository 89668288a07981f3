using System.Runtime.CompilerServices;

namespace Bips.Signaler;

/// <summary>A futex word by its address, for code that only passes it on.</summary>
/// <param name="address">
/// 4-byte aligned, in memory that does not move. Whoever uses the word sees to it that it is mapped.
/// </param>
internal readonly unsafe struct FutexWord(uint* address)
{
    /// <summary>Where the word is mapped.</summary>
    public uint* Address => address;

    /// <summary>What the word says now.</summary>
    public uint Value => Ordering.LoadAcquire(ref *address);

    /// <summary>The first word of an array that the collector does not move.</summary>
    public static FutexWord InPinned(uint[] pinned) => new((uint*)Unsafe.AsPointer(ref pinned[0]));

    /// <inheritdoc cref="Futex.TryWait"/>
    public FutexResult? TryWait(uint expected, Deadline deadline) => Futex.TryWait(address, expected, deadline);

    /// <summary>Wakes everybody, of any process, who sleeps on the word.</summary>
    public void WakeAll() => Futex.Wake(ref *address);
}
