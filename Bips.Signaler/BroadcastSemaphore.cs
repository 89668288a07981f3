namespace Bips.Signaler;

/// <summary>
/// One poster, any number of waiters, each with its own count of permits: a waiter that has taken <c>n</c> of the
/// <c>posted</c> ones has <c>posted - n</c> left. Nobody can take another's, and nobody's slowness stops the poster.
/// </summary>
/// <remarks>
/// <para>Three words in shared memory. <c>posted</c>: poster writes. <c>signal</c>: the futex word, which the poster
/// increments before it wakes. <c>bell</c>: waiters increment it before they sleep. The poster therefore enters the
/// kernel only when somebody went to sleep since it last did, whatever the number of waiters.</para>
/// <para>A waiter may map <c>posted</c> and <c>signal</c> read-only. What it can do with <c>bell</c> is cause needless
/// or late wake-ups. A waiter that dies leaves nothing to repair. Each end is used by one thread at a time.</para>
/// </remarks>
public unsafe struct BroadcastSemaphore : IWakeSource
{
    private readonly ulong* _posted;
    private readonly uint* _signal;
    private readonly uint* _bell;

    /// <summary>Value of the bell at the poster's last wake-up call; poster's end only.</summary>
    private uint _lastBell;

    /// <summary>Makes either end from the three words, which must stay mapped while it is used.</summary>
    /// <param name="posted">8-byte aligned.</param>
    /// <param name="signal">4-byte aligned.</param>
    /// <param name="bell">4-byte aligned, best on a cache line of its own.</param>
    public BroadcastSemaphore(ulong* posted, uint* signal, uint* bell)
    {
        _posted = posted;
        _signal = signal;
        _bell = bell;

        // Waiters may have rung and gone to sleep before this end was made, and nobody has woken them for it: the first
        // post finds the bell changed.
        _lastBell = Ordering.LoadAcquire(ref *bell) - 1; // sync: sleep
    }

    /// <summary>The futex word on which waiters sleep.</summary>
    internal readonly FutexWord Word => new(_signal);

    /// <summary>Number of permits handed out so far.</summary>
    public readonly ulong Posted => Ordering.LoadAcquire(ref *_posted);

    /// <summary>
    /// Poster: sets the number of permits and wakes who sleeps. What was stored before is visible to them.
    /// </summary>
    public void Post(ulong posted)
    {
        // sync: sleep - keeps this store (and the caller's before it) before the load of the bell.
        Ordering.StoreFenced(ref *_posted, posted); // sync: posted, step: push_publish
        CrashPoint.Reached("push_publish");
        uint bell = Ordering.LoadAcquire(ref *_bell); // step: push_look
        CrashPoint.Reached("push_look");
        if (bell != _lastBell)
        {
            SignalAll(bell);
        }
    }

    /// <summary>Poster: has every waiter look at its condition again.</summary>
    public void SignalAll()
    {
        Ordering.FullFence(); // sync: sleep - as in a post
        SignalAll(Ordering.LoadAcquire(ref *_bell));
    }

    /// <inheritdoc/>
    public readonly uint Announce()
    {
        uint ticket = Ordering.LoadAcquire(ref *_signal); // step: wait_signal
        CrashPoint.Reached("wait_signal");

        // sync: sleep - keeps the change of the bell before the loads with which the waiter looks again.
        Ordering.FetchAdd(ref *_bell, 1); // step: wait_bell
        CrashPoint.Reached("wait_bell");
        return ticket;
    }

    /// <inheritdoc/>
    public readonly FutexResult Sleep(uint ticket, Deadline deadline)
    {
        CrashPoint.Reached("wait_sleep");
        return Futex.Wait(ref *_signal, ticket, deadline); // step: wait_sleep
    }

    /// <inheritdoc/>
    public readonly void Withdraw()
    {
        // The bell only says that somebody may sleep: the next post wakes for nothing once, and that is all.
    }

    /// <inheritdoc/>
    public readonly void WakeAll() => Futex.Wake(ref *_signal);

    /// <summary>
    /// The signal moves after the bell was read: a ticket taken before an announcement that this call answers is then
    /// stale, so that its owner, which this wake-up may come too early for, does not fall asleep unannounced.
    /// </summary>
    private void SignalAll(uint bell)
    {
        _lastBell = bell;
        Ordering.StoreRelease(ref *_signal, *_signal + 1); // step: push_signal
        CrashPoint.Reached("push_signal");
        Futex.Wake(ref *_signal); // step: push_wake
        CrashPoint.Reached("push_wake");
    }
}
