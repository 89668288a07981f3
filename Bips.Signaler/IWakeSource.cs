namespace Bips.Signaler;

/// <summary>
/// An eventcount: what a waiter announces itself to and sleeps on. <see cref="Wait"/> drives it: announce, look at the
/// condition once more, sleep.
/// </summary>
/// <remarks>
/// Source of the pattern: Vyukov, "EventCount"; it is the futex's own "look again" made into an object.
/// </remarks>
public interface IWakeSource
{
    /// <summary>Makes sure that whoever meets the condition from now on wakes this waiter; a full fence.</summary>
    /// <returns>A ticket for <see cref="Sleep"/>; a wake-up after this call makes it stale.</returns>
    uint Announce();

    /// <summary>Sleeps unless the ticket is stale.</summary>
    FutexResult Sleep(uint ticket, Deadline deadline);

    /// <summary>Takes the announcement back.</summary>
    void Withdraw();

    /// <summary>Wakes every thread that sleeps here, so that it looks at its condition again.</summary>
    void WakeAll();
}
