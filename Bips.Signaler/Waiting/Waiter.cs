namespace Bips.Signaler.Waiting;

/// <summary>Somebody who waits without a thread of their own: <see cref="WaitThread"/> looks for them.</summary>
/// <remarks>
/// The members that the thread calls under its lock must be quick, must not throw and must not call back into it; none
/// of them is called after the wait has left, so that what it looks at may be unmapped once
/// <see cref="WaitThread.TryRemove"/> has returned.
/// </remarks>
internal abstract class Waiter(WaitQueue queue)
{
    /// <summary>Where it waits.</summary>
    public WaitQueue Queue { get; } = queue;

    /// <summary>Place in the queue; negative while it does not wait. Under the lock.</summary>
    public int Place { get; set; } = -1;

    /// <summary>When the wait gives up.</summary>
    public Deadline Deadline { get; protected set; }

    /// <summary>Whose cancellation ends the wait.</summary>
    public CancellationToken Cancellation { get; protected set; }

    /// <summary>When it is to be looked at, woken or not; nanoseconds.</summary>
    public long SliceEnd { get; set; }

    /// <summary>The next one of those that have ended and are not told yet.</summary>
    public Waiter? NextEnded { get; set; }

    /// <summary>When the thread should look without having been woken; nanoseconds.</summary>
    public long Due => Math.Min(SliceEnd, Deadline.Nanoseconds);

    /// <summary>Whether it must not be looked at any more, nor added. Under the lock.</summary>
    public virtual bool IsClosed => false;

    /// <summary>The word that it sleeps on, in a mapping that lasts as long as this waits.</summary>
    public abstract FutexWord Word { get; }

    /// <summary>Longest time between two looks.</summary>
    public abstract TimeSpan Slice { get; }

    /// <inheritdoc cref="IWakeSource.Announce"/>
    public abstract uint Announce();

    /// <summary>Looks whether the wait is over, and if so takes what it was for.</summary>
    /// <param name="afterSlice">Whether to look for what no wake-up tells, such as a dead peer.</param>
    public abstract bool Look(bool afterSlice);

    /// <summary>The deadline has come, and the last look found nothing.</summary>
    public abstract void GiveUp();

    /// <summary>
    /// The wait is over, for whatever reason: takes the announcement back and lets others use what it used.
    /// </summary>
    public abstract void Leave();

    /// <summary>
    /// Tells whoever waits that it is over. Not under the lock; never called after <see cref="WaitThread.TryRemove"/>.
    /// </summary>
    public abstract void Complete();
}
