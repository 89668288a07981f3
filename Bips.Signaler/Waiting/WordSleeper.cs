namespace Bips.Signaler.Waiting;

/// <summary>
/// A thread that sleeps on one word, for kernels that cannot sleep on several and for words beyond those that fit. It
/// is parked while nobody waits there, and ends when that lasts.
/// </summary>
internal sealed class WordSleeper
{
    /// <summary>Bounds what it costs when the word's mapping went away in the instant before the sleep.</summary>
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromSeconds(5);

    private readonly WaitQueue _queue;

    /// <summary>Changes when a parked thread has something to do; in memory that does not move.</summary>
    private readonly uint[] _call = GC.AllocateArray<uint>(1, pinned: true);
    private Deadline _parkedUntil;
    private uint _ticket;

    /// <exception cref="OutOfMemoryException">The system has no thread left.</exception>
    public WordSleeper(WaitQueue queue)
    {
        _queue = queue;
        WaitThread.Start(Run);
    }

    /// <summary>Whether it needs <see cref="Call"/> to take note of a wait. Under the lock.</summary>
    public bool IsParked { get; private set; }

    /// <summary>
    /// Whether it sleeps on a value that the word no longer has: the one who changed it died before waking. Under the
    /// lock.
    /// </summary>
    public bool IsLeftBehind => !IsParked && _ticket != _queue.Ticket;

    /// <summary>Has a parked thread look.</summary>
    public void Call()
    {
        Ordering.FetchAdd(ref _call[0], 1);
        Futex.Wake(ref _call[0]);
    }

    private void Run()
    {
        while (TryPrepare(out FutexWord word, out Deadline deadline))
        {
            _ = word.TryWait(_ticket, deadline);
        }
    }

    /// <returns>False when the thread is to end.</returns>
    private bool TryPrepare(out FutexWord word, out Deadline deadline)
    {
        Waiter? ended = null;
        lock (WaitThread.Changes)
        {
            if (_queue.Count > 0 && _queue.IsStale)
            {
                _queue.Serve(MonotonicClock.Nanoseconds, ref ended);
            }

            if (_queue.Count > 0)
            {
                IsParked = false;
                word = _queue.Word;
                _ticket = _queue.Ticket;
                deadline = Deadline.After(s_longestSleep);
            }
            else
            {
                _parkedUntil = IsParked ? _parkedUntil : Deadline.After(WaitThread.Linger);
                IsParked = true;
                word = FutexWord.InPinned(_call);
                _ticket = Ordering.LoadAcquire(ref _call[0]);
                deadline = _parkedUntil;
                if (deadline.HasPassed)
                {
                    _queue.Sleeper = null;
                    return false;
                }
            }
        }

        WaitThread.Complete(ended);
        return true;
    }
}
