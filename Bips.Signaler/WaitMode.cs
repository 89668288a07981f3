namespace Bips.Signaler;

/// <summary>How a wait spends its time: processor time against wake-up latency.</summary>
public enum WaitMode
{
    /// <summary>
    /// Spins for a bounded time when recent waits were short, else sleeps at once. The right choice unless measured
    /// otherwise.
    /// </summary>
    Balanced,

    /// <summary>
    /// Never sleeps: the lowest latency, one processor per waiter. Yields now and then, so that more waiters than
    /// processors still get on.
    /// </summary>
    Spin,

    /// <summary>Sleeps at once: the least processor time, every wait costs a wake-up (tens of microseconds).</summary>
    Sleep,
}
