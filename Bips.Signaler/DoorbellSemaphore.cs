namespace Bips.Signaler;

/// <summary>
/// One waiter, any number of ringers: the waiter sleeps until something that only it can judge (a free buffer) may have
/// come true; a ringer that changed something rings.
/// </summary>
/// <remarks>
/// Two words in shared memory. <c>waiting</c>: the waiter writes, ringers may map it read-only; while it is zero a ring
/// costs a fence and a load. <c>bell</c>: the futex word, which ringers increment. What a ringer can do with the bell
/// is cause needless or late wake-ups. A ringer that dies leaves nothing to repair; a waiter that dies leaves
/// <c>waiting</c> set, which its successor clears by waiting itself or by <see cref="Withdraw"/>.
/// </remarks>
public readonly unsafe struct DoorbellSemaphore : IWakeSource
{
    private readonly uint* _waiting;
    private readonly uint* _bell;

    /// <summary>
    /// Makes either end from the two words (4-byte aligned), which must stay mapped while it is used.
    /// </summary>
    public DoorbellSemaphore(uint* waiting, uint* bell)
    {
        _waiting = waiting;
        _bell = bell;
    }

    /// <summary>The futex word on which the waiter sleeps.</summary>
    internal FutexWord Word => new(_bell);

    /// <summary>Ringer: says that what was stored before may be what the waiter waits for.</summary>
    public void Ring()
    {
        // sync: doorbell - keeps the caller's stores before the load of the waiting flag.
        Ordering.FullFence();
        RingFenced();
    }

    /// <summary>The same for a ringer whose last store was a fenced one.</summary>
    public void RingFenced()
    {
        if (Ordering.LoadAcquire(ref *_waiting) != 0) // step: bell_look
        {
            Ordering.FetchAdd(ref *_bell, 1); // step: bell_ring
            CrashPoint.Reached("bell_ring");
            Futex.Wake(ref *_bell); // step: bell_wake
            CrashPoint.Reached("bell_wake");
        }
    }

    /// <inheritdoc/>
    public uint Announce()
    {
        Ordering.StoreRelease(ref *_waiting, 1); // step: announce_waiting
        CrashPoint.Reached("announce_waiting");
        uint ticket = Ordering.LoadAcquire(ref *_bell); // step: announce_bell
        CrashPoint.Reached("announce_bell");

        // sync: doorbell - keeps the store of the waiting flag before the loads with which the waiter looks again.
        Ordering.FullFence();
        return ticket;
    }

    /// <inheritdoc/>
    public FutexResult Sleep(uint ticket, Deadline deadline)
    {
        CrashPoint.Reached("sleep_producer");
        return Futex.Wait(ref *_bell, ticket, deadline); // step: sleep_producer
    }

    /// <inheritdoc/>
    public void Withdraw()
    {
        Ordering.StoreRelease(ref *_waiting, 0); // step: sleep_over
        CrashPoint.Reached("sleep_over");
    }

    /// <inheritdoc/>
    public void WakeAll() => Futex.Wake(ref *_bell);
}
