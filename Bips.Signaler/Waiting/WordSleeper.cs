namespace Bips.Signaler.Waiting;

/// <summary>
/// A thread that sleeps on one word, for kernels that cannot sleep on several and for words beyond those that fit. It is parked while
/// nobody waits there, and ends when that lasts.
/// </summary>
internal sealed unsafe class WordSleeper
{
    /// <summary>Bounds what it costs when the word's mapping went away in the instant before the sleep.</summary>
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromSeconds(5);

    private readonly WaitedWord _word;

    /// <summary>Changes when a parked thread has something to do; in memory that does not move.</summary>
    private readonly uint[] _call = GC.AllocateArray<uint>(1, pinned: true);
    private Deadline _parkedUntil;
    private uint _ticket;

    /// <exception cref="OutOfMemoryException">The system has no thread left.</exception>
    public WordSleeper(WaitedWord word)
    {
        _word = word;
        WaitThread.Start(Run);
    }

    /// <summary>Whether it needs <see cref="Call"/> to take note of a wait. Under the lock.</summary>
    public bool IsParked { get; private set; }

    /// <summary>Whether it sleeps on a value that the word no longer has: the one who changed it died before waking. Under the lock.</summary>
    public bool IsLeftBehind => !IsParked && _ticket != _word.Ticket;

    /// <summary>Has a parked thread look.</summary>
    public void Call()
    {
        Ordering.FetchAdd(ref _call[0], 1);
        Futex.Wake(ref _call[0]);
    }

    private void Run()
    {
        while (TryPrepare(out uint* address, out Deadline deadline))
        {
            _ = Futex.TryWait(address, _ticket, deadline);
        }
    }

    /// <returns>False when the thread is to end.</returns>
    private bool TryPrepare(out uint* address, out Deadline deadline)
    {
        PendingWait? ended = null;
        lock (WaitThread.Changes)
        {
            if (_word.Count > 0 && _word.IsStale)
            {
                _word.Serve(MonotonicClock.Nanoseconds, ref ended);
            }

            if (_word.Count > 0)
            {
                IsParked = false;
                address = _word.Address;
                _ticket = _word.Ticket;
                deadline = Deadline.After(s_longestSleep);
            }
            else
            {
                _parkedUntil = IsParked ? _parkedUntil : Deadline.After(WaitThread.Linger);
                IsParked = true;
                address = (uint*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _call[0]);
                _ticket = Ordering.LoadAcquire(ref _call[0]);
                deadline = _parkedUntil;
                if (deadline.HasPassed)
                {
                    _word.Sleeper = null;
                    return false;
                }
            }
        }

        WaitThread.Complete(ended);
        return true;
    }
}
