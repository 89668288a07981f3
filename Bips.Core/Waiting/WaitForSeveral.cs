using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips.Waiting;

/// <summary>Waits in one thread for any of several ends of pools, and for a time-out.</summary>
/// <remarks>
/// One thread at a time. No member starves: each wait begins to look behind the member that the last one ended for.
/// Waiting allocates nothing.
/// </remarks>
internal sealed class WaitForSeveral
{
    private readonly List<WaitSetMember> _members = [];
    private readonly FutexVector _words = new();
    private readonly Action _wake;

    /// <summary>
    /// Changes when a wait should look again though no member's word has changed; in memory that does not move.
    /// </summary>
    private readonly uint[] _call = GC.AllocateArray<uint>(1, pinned: true);
    private AdaptiveSpin _spin;
    private CancellationToken _cancellation;

    /// <summary>Where the next look begins.</summary>
    private int _first;

    /// <summary>The member that was found ready; negative for none.</summary>
    private int _found;

    public WaitForSeveral(WaitMode mode)
    {
        _spin = new AdaptiveSpin(mode);
        _wake = Wake;
    }

    /// <summary>How many members there are.</summary>
    public int Count => _members.Count;

    /// <summary>Adds a member behind the others.</summary>
    /// <exception cref="ObjectDisposedException">Its owner is disposed.</exception>
    public void Add(IWaitable waitable) => _members.Add(new WaitSetMember(waitable, _wake));

    /// <returns>Where a member is; negative when it is none.</returns>
    public int IndexOf(IWaitable waitable) => _members.FindIndex(member => ReferenceEquals(member.Waitable, waitable));

    /// <summary>Takes a member out.</summary>
    public void RemoveAt(int index) => _members.RemoveAt(index);

    /// <summary>Waits until a member is ready or disposed.</summary>
    /// <param name="index">The member; negative when the time was up.</param>
    /// <param name="isDisposed">Whether its owner was disposed before the wait.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">Another thread uses a member.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public void Wait(out int index, out bool isDisposed, Deadline deadline, CancellationToken cancellation)
    {
        int entered = 0;
        try
        {
            for (; entered < _members.Count; entered++)
            {
                if (!_members[entered].TryEnter())
                {
                    index = entered;
                    isDisposed = true;
                    return;
                }
            }

            isDisposed = false;
            index = WaitInside(deadline, cancellation);
        }
        finally
        {
            for (int i = 0; i < entered; i++)
            {
                _members[i].Waitable.Exit();
            }
        }
    }

    /// <summary>Waits with the gates of all members, so that none is unmapped meanwhile.</summary>
    private int WaitInside(Deadline deadline, CancellationToken cancellation)
    {
        _found = -1;

        // Not left to the sleep: beside a member that always has something there is none, and a dead peer of another
        // would stay unseen.
        if (!FindReadyOrLost(beforeSleep: true))
        {
            cancellation.ThrowIfCancellationRequested();
            _cancellation = cancellation;
            using CancellationTokenRegistration registration =
                cancellation.UnsafeRegister(static self => ((WaitForSeveral)self!).Wake(), this);
            if (Sleep(deadline) != WaitResult.TimedOut && _found < 0)
            {
                throw new OperationCanceledException(cancellation);
            }
        }

        _first = _found >= 0 ? _found + 1 : _first;
        return _found;
    }

    /// <summary>Has a wait look again. Any thread.</summary>
    private void Wake()
    {
        Ordering.FetchAdd(ref _call[0], 1);
        Futex.Wake(ref _call[0]);
    }

    private bool FindReady()
    {
        for (int i = 0; i < _members.Count && _found < 0; i++)
        {
            int index = (_first + i) % _members.Count;
            _found = _members[index].IsReady() ? index : -1;
        }

        return _found >= 0;
    }

    /// <inheritdoc cref="WaitSetMember.IsReady(long, bool)"/>
    private bool FindReadyOrLost(bool beforeSleep)
    {
        long now = MonotonicClock.Nanoseconds;
        for (int i = 0; i < _members.Count && _found < 0; i++)
        {
            int index = (_first + i) % _members.Count;
            _found = _members[index].IsReady(now, beforeSleep) ? index : -1;
        }

        return _found >= 0;
    }

    private WaitResult Sleep(Deadline deadline)
    {
        var condition = new AnyReady(this);
        var source = new WordsOfAll(this);
        Deadline atFirst = Deadline.Earlier(deadline, Deadline.After(IWaitable.LongWait));
        WaitResult result = Signaler.Wait.Until(ref condition, ref source, ref _spin, atFirst, Slice(isLong: false));
        return result == WaitResult.TimedOut && !deadline.HasPassed
            ? Signaler.Wait.Until(ref condition, ref source, ref _spin, deadline, Slice(isLong: true))
            : result;
    }

    private TimeSpan Slice(bool isLong)
    {
        TimeSpan slice = TimeSpan.MaxValue;
        foreach (WaitSetMember member in _members)
        {
            TimeSpan own = member.Waitable.Slice(isLong);
            slice = own < slice ? own : slice;
        }

        return slice;
    }

    /// <summary>What is waited for.</summary>
    private readonly struct AnyReady(WaitForSeveral wait) : IWaitCondition
    {
        public bool IsMet() => wait.FindReady();

        public bool IsHopeless(bool afterSlice) =>
            wait._cancellation.IsCancellationRequested || (afterSlice && wait.FindReadyOrLost(beforeSleep: false));
    }

    /// <summary>Where the thread sleeps: on the words of all members, and on its own.</summary>
    private readonly struct WordsOfAll(WaitForSeveral wait) : IWakeSource
    {
        public uint Announce()
        {
            FutexVector words = wait._words;
            words.Clear();
            uint ticket = Ordering.LoadAcquire(ref wait._call[0]);
            words.TryAdd(FutexWord.InPinned(wait._call), ticket);
            bool fits = FutexVector.IsAvailable && wait._members.Count < FutexVector.Capacity;
            for (int i = 0; fits && i < wait._members.Count; i++)
            {
                WaitSetMember member = wait._members[i];
                fits = words.TryAdd(member.Word, member.Announce());
            }

            return ticket;
        }

        public FutexResult Sleep(uint ticket, Deadline deadline)
        {
            if (wait._words.Count > wait._members.Count)
            {
                wait._words.Wait(deadline);
            }
            else
            {
                SleepBesideThread(ticket, deadline);
            }

            return deadline.HasPassed ? FutexResult.TimedOut : FutexResult.Woken;
        }

        public void Withdraw()
        {
            foreach (WaitSetMember member in wait._members)
            {
                member.Waitable.Withdraw();
            }
        }

        public void WakeAll() => wait.Wake();

        /// <summary>Sleeps on the wait's own word, while the waiting thread looks at the members.</summary>
        private void SleepBesideThread(uint ticket, Deadline deadline)
        {
            try
            {
                foreach (WaitSetMember member in wait._members)
                {
                    WaitThread.Add(member);
                }

                Futex.Wait(ref wait._call[0], ticket, deadline);
            }
            finally
            {
                foreach (WaitSetMember member in wait._members)
                {
                    WaitThread.TryRemove(member);
                }
            }
        }
    }
}
