using Bips.Signaler.Kernel;

namespace Bips.Signaler.Waiting;

/// <summary>
/// The one thread that waits for everybody in this process who does not want to block a thread of their own. It starts
/// with the first wait and ends some time after the last.
/// </summary>
/// <remarks>
/// <para>It announces, looks and sleeps as <see cref="Wait"/> does, on all words at once. Who waits is looked at only
/// under the lock, so that none is unmapped meanwhile; who is told that a wait is over is told without it.</para>
/// <para>Where the kernel cannot sleep on several words (before Linux 5.16), and for words beyond the 127 that fit,
/// each word has a <see cref="WordSleeper"/>, and this thread only keeps the time.</para>
/// </remarks>
internal static class WaitThread
{
    private const int StackSize = 256 * 1024;

    /// <summary>
    /// How long a thread that has nothing to do stays, so that a stream of waits does not start one each.
    /// </summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<WordIdentity, WaitQueue> s_queues = [];

    /// <summary>The words that somebody waits for.</summary>
    private static readonly List<WaitQueue> s_listed = [];

    /// <summary>Changes when the thread should look again; in memory that does not move.</summary>
    private static readonly uint[] s_news = GC.AllocateArray<uint>(1, pinned: true);
    private static readonly FutexVector s_vector = new();

    private static bool s_isRunning;

    /// <summary>
    /// Whether the thread sleeps or is about to, until when, so that it has to be told of what comes.
    /// </summary>
    private static bool s_isAsleep;
    private static long s_asleepUntil;
    private static Deadline s_idleUntil = Deadline.Never;

    /// <summary>Held while anybody is looked at, added or removed.</summary>
    public static Lock Changes { get; } = new();

    /// <summary>
    /// The word of that identity, for one more object that may wait there until <see cref="Forget"/>.
    /// </summary>
    public static WaitQueue Register(WordIdentity identity)
    {
        lock (Changes)
        {
            if (!s_queues.TryGetValue(identity, out WaitQueue? queue))
            {
                s_queues.Add(identity, queue = new WaitQueue(identity));
            }

            queue.Users++;
            return queue;
        }
    }

    /// <summary>An object has none waiting any more and never will.</summary>
    public static void Forget(WaitQueue queue)
    {
        lock (Changes)
        {
            if (--queue.Users == 0)
            {
                s_queues.Remove(queue.Identity);
            }
        }
    }

    /// <summary>Looks once; unless that ends the wait, the thread goes on looking.</summary>
    /// <exception cref="OutOfMemoryException">The system has no thread left; nothing was added.</exception>
    public static void Add(Waiter wait)
    {
        Waiter? ended = null;
        bool isNews;
        WordSleeper? called;
        lock (Changes)
        {
            if (wait.IsClosed)
            {
                return;
            }

            if (!s_isRunning)
            {
                Start(Run);
                s_isRunning = true;
            }

            WaitQueue queue = wait.Queue;
            queue.Add(wait, MonotonicClock.Nanoseconds, ref ended);
            if (!queue.IsListed)
            {
                queue.IsListed = true;
                s_listed.Add(queue);
            }

            bool isPending = wait.Place >= 0;
            called = isPending && queue.Sleeper is { IsParked: true } sleeper ? sleeper : null;
            isNews = isPending && s_isAsleep && (wait.Due < s_asleepUntil || !(queue.IsSleptOn ||
                queue.Sleeper is not null));
        }

        Complete(ended);
        called?.Call();
        if (isNews)
        {
            Ordering.FetchAdd(ref s_news[0], 1);
            Futex.Wake(ref s_news[0]);
        }
    }

    /// <summary>Ends a wait from outside: whoever gets true, and nobody else, says how it ended.</summary>
    public static bool TryRemove(Waiter wait)
    {
        lock (Changes)
        {
            if (wait.Place < 0)
            {
                return false;
            }

            wait.Queue.Remove(wait);
            return true;
        }
    }

    /// <inheritdoc cref="TryRemove"/>
    /// <param name="wait">The wait.</param>
    /// <param name="cancellation">What was cancelled: a wait that began since, with another one, goes on.</param>
    public static bool TryCancel(Waiter wait, CancellationToken cancellation)
    {
        lock (Changes)
        {
            return wait.Cancellation == cancellation && TryRemove(wait);
        }
    }

    public static void Complete(Waiter? ended)
    {
        while (ended is not null)
        {
            Waiter current = ended;
            ended = current.NextEnded;
            current.NextEnded = null;
            current.Complete();
        }
    }

    public static void Start(Action run) =>
        new Thread(() => RunNamed(run), StackSize) { IsBackground = true }.UnsafeStart();

    private static void RunNamed(Action run)
    {
        // The runtime tells the kernel a thread's name from .NET 10 on only.
        _ = LibC.PrCtl(LibC.PR_SET_NAME, "bips-wait");
        run();
    }

    private static void Run()
    {
        while (TryPrepare(out Deadline deadline))
        {
            s_vector.Wait(deadline);
        }
    }

    /// <summary>Looks at whoever has news or is due, and lists what to sleep on.</summary>
    /// <returns>False when the thread is to end.</returns>
    private static bool TryPrepare(out Deadline deadline)
    {
        Waiter? ended = null;
        lock (Changes)
        {
            s_vector.Clear();
            s_vector.TryAdd(FutexWord.InPinned(s_news), Ordering.LoadAcquire(ref s_news[0]));
            deadline = ServeWords(ref ended);
            if (s_listed.Count > 0)
            {
                s_idleUntil = Deadline.Never;
            }
            else
            {
                s_idleUntil = s_idleUntil.IsNever ? Deadline.After(Linger) : s_idleUntil;
                deadline = s_idleUntil;
                if (deadline.HasPassed)
                {
                    s_idleUntil = Deadline.Never;
                    s_isRunning = false;
                    s_isAsleep = false;
                    return false;
                }
            }

            s_isAsleep = true;
            s_asleepUntil = deadline.Nanoseconds;
        }

        Complete(ended);
        return true;
    }

    private static Deadline ServeWords(ref Waiter? ended)
    {
        long now = MonotonicClock.Nanoseconds;
        long due = long.MaxValue;
        for (int i = s_listed.Count - 1; i >= 0; i--)
        {
            WaitQueue queue = s_listed[i];
            if (queue.Count > 0 && (now >= queue.Due || (queue.Sleeper is null && queue.IsStale)))
            {
                queue.Serve(now, ref ended);
            }

            if (queue.Count == 0)
            {
                queue.IsListed = false;
                queue.IsSleptOn = false;
                s_listed[i] = s_listed[^1];
                s_listed.RemoveAt(s_listed.Count - 1);
                continue;
            }

            PrepareSleepOn(queue);
            due = Math.Min(due, queue.Due);
        }

        return Deadline.At(due);
    }

    /// <returns>
    /// Null when the system has no thread left: then the word is looked at slice by slice until it has.
    /// </returns>
    private static WordSleeper? TryStartSleeper(WaitQueue queue)
    {
        try
        {
            return new WordSleeper(queue);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    private static void PrepareSleepOn(WaitQueue queue)
    {
        if (queue.Sleeper is null && s_vector.TryAdd(queue.Word, queue.Ticket))
        {
            queue.IsSleptOn = true;
            return;
        }

        queue.Sleeper ??= TryStartSleeper(queue);
        if (queue.Sleeper is { IsLeftBehind: true })
        {
            queue.Word.WakeAll();
        }
    }
}
