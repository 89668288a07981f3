using System.Runtime.InteropServices;

#pragma warning disable IDE0044 // the semaphores of the signaler write both words, through their addresses

namespace Bips.Layout;

/// <summary>First page of the lanes object: the only words that more than one party writes.</summary>
/// <remarks>
/// Every consumer maps it for writing. The worst that a wrong value can do is a needless or a late wake-up. The
/// semaphores of the signaler add to both words and sleep on one of them.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 0x180)]
internal unsafe struct Doorbells
{
    /// <summary>
    /// Futex word on which a producer without a free buffer sleeps; consumers add one when they give one back.
    /// </summary>
    [FieldOffset(0x80)] private uint _producerBell;

    /// <summary>Consumers add one before they sleep; a producer that finds it changed wakes them.</summary>
    [FieldOffset(0x100)] private uint _sleeperBell;

    /// <summary>Address of the word on which the producer sleeps, for its semaphore.</summary>
    public static uint* ProducerBellOf(Doorbells* bells) => &bells->_producerBell; // sync: doorbell

    /// <summary>Address of the word that sleepers ring, for their semaphore.</summary>
    public static uint* SleeperBellOf(Doorbells* bells) => &bells->_sleeperBell; // sync: sleep
}
