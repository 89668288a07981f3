namespace Bips.Signaler.Waiting;

/// <summary>
/// A futex word and everybody of this process who waits for it to change. All of it under the lock of
/// <see cref="WaitThread"/>.
/// </summary>
internal sealed class WaitQueue(WordIdentity identity)
{
    private readonly List<Waiter> _waits = [];
    private ulong _peerSeen;

    public WordIdentity Identity { get; } = identity;

    /// <summary>How many objects of this process may wait here.</summary>
    public int Users { get; set; }

    /// <summary>
    /// When one of those who wait here last found the other side alive, nanoseconds: what one has just found out, the
    /// others need not ask the kernel again. Any thread.
    /// </summary>
    public long PeerSeen
    {
        get => (long)Ordering.LoadAcquire(in _peerSeen);
        set => Ordering.StoreRelease(ref _peerSeen, (ulong)value);
    }

    /// <summary>How many wait now.</summary>
    public int Count => _waits.Count;

    /// <summary>Whether the thread has it on its list.</summary>
    public bool IsListed { get; set; }

    /// <summary>The thread that sleeps on this word alone; null where the waiting thread itself does.</summary>
    public WordSleeper? Sleeper { get; set; }

    /// <summary>What the last announcement returned: the value to sleep on.</summary>
    public uint Ticket { get; private set; }

    /// <summary>Whether the waiting thread sleeps, or is about to, on <see cref="Ticket"/>.</summary>
    public bool IsSleptOn { get; set; }

    /// <summary>When one of the waits is due; nanoseconds, never too late.</summary>
    public long Due { get; private set; } = long.MaxValue;

    /// <summary>The word, in the mapping of one who waits.</summary>
    public FutexWord Word => _waits[0].Word;

    /// <summary>Whether the word has changed since the last announcement, which then covers nobody any more.</summary>
    public bool IsStale => Word.Value != Ticket;

    /// <summary>Announces everybody who waits here, and looks for them.</summary>
    /// <param name="now">Nanoseconds.</param>
    /// <param name="ended">Those whose wait is over are put in front.</param>
    public void Serve(long now, ref Waiter? ended)
    {
        Ticket = _waits[0].Announce();
        IsSleptOn = false;
        Due = long.MaxValue;
        for (int i = _waits.Count - 1; i >= 0; i--)
        {
            Look(_waits[i], now, ref ended);
        }
    }

    /// <summary>Adds a wait, which nobody has looked for yet, and looks.</summary>
    /// <remarks>
    /// An announcement that was made for others stands for it too as long as the word has not changed: whoever changes
    /// something from now on finds it.
    /// </remarks>
    public void Add(Waiter wait, long now, ref Waiter? ended)
    {
        bool isAnnounced = Count > 0 && !IsStale;
        wait.Place = _waits.Count;
        wait.SliceEnd = NextSlice(wait, now);
        _waits.Add(wait);
        if (isAnnounced)
        {
            Look(wait, now, ref ended);
        }
        else
        {
            Serve(now, ref ended);
        }
    }

    public void Remove(Waiter wait)
    {
        Waiter last = _waits[^1];
        _waits[wait.Place] = last;
        last.Place = wait.Place;
        _waits.RemoveAt(_waits.Count - 1);
        wait.Place = -1;
        wait.Leave();
    }

    private void Look(Waiter wait, long now, ref Waiter? ended)
    {
        // A wait that is given up looks too, as a blocking one does: many short ones might each miss the end of a
        // slice.
        bool afterSlice = now >= wait.Due;
        bool isOver = wait.Look(afterSlice);
        if (!isOver && now >= wait.Deadline.Nanoseconds)
        {
            wait.GiveUp();
            isOver = true;
        }

        if (isOver)
        {
            Remove(wait);
            wait.NextEnded = ended;
            ended = wait;
            return;
        }

        if (afterSlice)
        {
            wait.SliceEnd = NextSlice(wait, now);
        }

        Due = Math.Min(Due, wait.Due);
    }

    /// <summary>Slices of equal length end together, so that the thread wakes once for all of them.</summary>
    private static long NextSlice(Waiter wait, long now)
    {
        long slice = wait.Slice.Ticks * TimeSpan.NanosecondsPerTick;
        return ((now / slice) + 1) * slice;
    }
}
