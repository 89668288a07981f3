using System.Runtime.CompilerServices;

namespace Bips.Signaler;

/// <summary>
/// The one way in which Bips waits: look, spin, announce, look again, sleep for at most a slice, look again.
/// </summary>
/// <remarks>
/// The slice bounds what a lost wake-up can cost: one is lost only when a peer dies between a store and the wake that
/// belongs to it, or writes where it must not.
/// </remarks>
public static class Wait
{
    private const int PollsPerClockReading = 32;

    /// <summary>Waits until the condition is met or hopeless, or until the deadline.</summary>
    /// <param name="condition">What to wait for.</param>
    /// <param name="source">Where to sleep.</param>
    /// <param name="spin">The caller's history of waits.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="slice">Longest sleep after which the condition is looked at again.</param>
    public static WaitResult Until<TCondition, TSource>(ref TCondition condition, ref TSource source,
        ref AdaptiveSpin spin, Deadline deadline, TimeSpan slice)
        where TCondition : struct, IWaitCondition, allows ref struct
        where TSource : struct, IWakeSource
    {
        if (condition.IsMet())
        {
            return WaitResult.Met;
        }

        if (deadline == Deadline.Immediate)
        {
            WaitResult otherwise = condition.IsHopeless(afterSlice: true) ? WaitResult.Hopeless : WaitResult.TimedOut;

            // What was met before it became hopeless counts: a last frame before the end of the stream.
            return condition.IsMet() ? WaitResult.Met : otherwise;
        }

        if (spin.IsWorthwhile && Poll(ref condition) > 0)
        {
            // That it took next to no time needs no clock, whose reading would stand between a frame and its reader.
            spin.Record(0);
            return WaitResult.Met;
        }

        long start = MonotonicClock.Nanoseconds;
        WaitResult result = SpinThenSleep(ref condition, ref source, in spin, deadline, slice, start);
        if (!spin.NeverSleeps)
        {
            spin.Record(MonotonicClock.Nanoseconds - start);
        }

        return result;
    }

    /// <summary>
    /// Looks a few times, about a microsecond for a condition that is cheap to look at: what to do before a wait that
    /// takes preparation.
    /// </summary>
    /// <param name="condition">What to wait for.</param>
    /// <returns>The number of looks until the condition was met, from 1; 0 when it was not.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Poll<TCondition>(ref TCondition condition)
        where TCondition : struct, IWaitCondition, allows ref struct
    {
        for (int look = 1; look <= PollsPerClockReading; look++)
        {
            AdaptiveSpin.Pause(TCondition.PausesBetweenLooks);
            if (condition.IsMet())
            {
                return look;
            }
        }

        return 0;
    }

    private static WaitResult SpinThenSleep<TCondition, TSource>(ref TCondition condition, ref TSource source,
        ref readonly AdaptiveSpin spin, Deadline deadline, TimeSpan slice, long start)
        where TCondition : struct, IWaitCondition, allows ref struct
        where TSource : struct, IWakeSource
    {
        if (Spin(ref condition, spin.Budget, in spin, deadline, start))
        {
            return WaitResult.Met;
        }

        // A wake-up does not begin another slice: whoever may wake for nothing could put the look at its end off for
        // ever.
        Deadline sliceEnd = Deadline.After(slice);
        while (!deadline.HasPassed)
        {
            WaitResult? ended = spin.NeverSleeps
                ? SpinOneSlice(ref condition, in spin, deadline, slice)
                : Sleep(ref condition, ref source, Deadline.Earlier(deadline, sliceEnd));
            if (ended is { } result)
            {
                return result;
            }

            sliceEnd = sliceEnd.HasPassed ? Deadline.After(slice) : sliceEnd;
        }

        return condition.IsMet() ? WaitResult.Met : WaitResult.TimedOut;
    }

    /// <returns>How the wait ended, or null when it goes on.</returns>
    private static WaitResult? SpinOneSlice<TCondition>(ref TCondition condition, ref readonly AdaptiveSpin spin,
        Deadline deadline, TimeSpan slice)
        where TCondition : struct, IWaitCondition, allows ref struct
    {
        long budget = slice.Ticks * TimeSpan.NanosecondsPerTick;
        if (Spin(ref condition, budget, in spin, deadline, MonotonicClock.Nanoseconds))
        {
            return WaitResult.Met;
        }

        if (condition.IsHopeless(afterSlice: true))
        {
            return condition.IsMet() ? WaitResult.Met : WaitResult.Hopeless;
        }

        return null;
    }

    /// <returns>Whether the condition was met within the budget and the deadline.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Spin<TCondition>(ref TCondition condition, long budget, ref readonly AdaptiveSpin spin,
        Deadline deadline, long start)
        where TCondition : struct, IWaitCondition, allows ref struct
    {
        if (budget == 0)
        {
            return false;
        }

        long end = Math.Min(start + budget, deadline.Nanoseconds);
        int polls = 0;
        do
        {
            if (Poll(ref condition) > 0)
            {
                return true;
            }

            if (++polls == spin.PollsPerYield)
            {
                // The peer may be one that wants this processor.
                Thread.Yield();
                polls = 0;
            }
        }
        while (MonotonicClock.Nanoseconds < end && !condition.IsHopeless(afterSlice: false));
        return false;
    }

    /// <returns>How the wait ended, or null when it goes on.</returns>
    private static WaitResult? Sleep<TCondition, TSource>(ref TCondition condition, ref TSource source, Deadline until)
        where TCondition : struct, IWaitCondition, allows ref struct
        where TSource : struct, IWakeSource
    {
        uint ticket = source.Announce();
        bool met;
        bool hopeless;
        try
        {
            met = condition.IsMet();
            hopeless = !met && condition.IsHopeless(afterSlice: false);
            if (!met && !hopeless)
            {
                _ = source.Sleep(ticket, until);
                met = condition.IsMet();
                hopeless = !met && condition.IsHopeless(afterSlice: until.HasPassed);
            }
        }
        finally
        {
            // Also where the condition throws: nobody waits any more.
            source.Withdraw();
        }

        // A peer may have met the condition and then gone: the frame counts more than the loss of its sender.
        if (met || condition.IsMet())
        {
            return WaitResult.Met;
        }

        return hopeless ? WaitResult.Hopeless : null;
    }
}
