using System.Runtime.InteropServices;
using Bips.Signaler;

namespace Bips.Native;

/// <summary>
/// The one thread that turns the futexes of pools into descriptors for event loops. It runs while any consumer of the process
/// has a descriptor, and sleeps on the pools of those that have nothing to pull.
/// </summary>
/// <remarks>
/// A consumer is looked at only under the lock, so that none is unmapped meanwhile: <see cref="Remove"/> comes back when
/// the watch no longer knows it. The kernel may still sleep on its word, which it finds by file and not by address.
/// </remarks>
internal static unsafe class EventWatch
{
    /// <summary>Most words that the kernel waits for, but for the watch's own.</summary>
    private const int MostWatched = 127;

    private const int TimedOut = 110;
    private const int NotImplemented = 38;

    /// <summary>How often to look for producers that died.</summary>
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(100);

    private static readonly Lock s_changes = new();
    private static readonly List<ReadableEvent> s_watched = [];

    /// <summary>Changes when the watch should look again; in memory that does not move.</summary>
    private static readonly uint* s_news = (uint*)NativeMemory.AllocZeroed(sizeof(uint));

    private static readonly FutexWord* s_words =
        (FutexWord*)NativeMemory.AllocZeroed((nuint)(MostWatched + 1), (nuint)sizeof(FutexWord));

    private static bool s_isRunning;

    /// <exception cref="BipsException">Too many, or the kernel is too old.</exception>
    public static void Add(ReadableEvent added)
    {
        lock (s_changes)
        {
            if (s_watched.Count == MostWatched)
            {
                throw new BipsException(BipsError.System,
                    $"{MostWatched} consumers of this process have a descriptor; close one first, or wait in threads.");
            }

            if (Shim.WaitAny(s_words, 0, 0) == NotImplemented)
            {
                throw new BipsException(BipsError.System, "Descriptors for event loops need futex_waitv (Linux 5.16); wait in a " +
                    "thread instead.");
            }

            s_watched.Add(added);
            if (!s_isRunning)
            {
                s_isRunning = true;
                new Thread(Run) { IsBackground = true }.Start();
            }
        }

        LookAgain();
    }

    public static void Remove(ReadableEvent removed)
    {
        lock (s_changes)
        {
            s_watched.Remove(removed);
        }

        LookAgain();
    }

    /// <summary>Has the watch look at every consumer again.</summary>
    public static void LookAgain()
    {
        Ordering.FetchAdd(ref *s_news, 1);
        Futex.Wake(ref *s_news);
    }

    private static void Run()
    {
        Shim.NameWatch();
        bool afterSlice = false;
        while (TryPrepare(afterSlice, out uint count))
        {
            long deadline = Deadline.After(s_slice).Nanoseconds;
            afterSlice = Shim.WaitAny(s_words, count, deadline) == TimedOut;
        }
    }

    /// <summary>Looks at every consumer and lists the words of those that have nothing to pull.</summary>
    /// <returns>False when nobody is watched any more: the thread ends.</returns>
    private static bool TryPrepare(bool afterSlice, out uint count)
    {
        lock (s_changes)
        {
            if (s_watched.Count == 0)
            {
                s_isRunning = false;
                count = 0;
                return false;
            }

            s_words[0].Address = s_news;
            s_words[0].Expected = Ordering.LoadAcquire(ref *s_news);
            count = 1;
            foreach (ReadableEvent watched in s_watched)
            {
                if (watched.IsSet)
                {
                    continue;
                }

                uint ticket = watched.Consumer.Announce();
                if (!watched.SetIfReadable(afterSlice))
                {
                    s_words[count].Address = watched.Consumer.SignalWord;
                    s_words[count].Expected = ticket;
                    count++;
                }
            }

            return true;
        }
    }
}
