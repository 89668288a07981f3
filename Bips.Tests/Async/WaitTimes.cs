using System.Collections.Concurrent;
using System.Globalization;
using Bips.Waiting;

namespace Bips.Tests.Async;

/// <summary>
/// How long after its end whoever waited was told, for each kind of wait and each end of it. Any thread.
/// </summary>
/// <remarks>
/// <para>What ends a wait wakes it; a death wakes nobody and is found by the look that follows a re-check slice. So a
/// wait that a death ends lasts from nothing to a slice longer, evenly spread when deaths come at random: half a slice
/// in the middle. One that finds it only a slice late lasts one to two slices, one and a half in the middle. A wake-up
/// that is lost is made up for by the slice and would not exceed it; in the middle it would, by far.</para>
/// <para>A single round on a busy machine proves nothing, because a thread that was woken may get a processor many
/// milliseconds later. A busy machine only ever adds time, and to hardly any round as much as half a slice: so the
/// middle of each kind and end is held against what it must be, and of all rounds together no more than two in a
/// hundred may take longer than a slice and a half.</para>
/// </remarks>
internal sealed class WaitTimes
{
    /// <summary>How many of all rounds a busy machine may delay by half a slice and more.</summary>
    private const double DelayedShare = 0.02;

    /// <summary>Fewer rounds of a kind and end have no middle that says anything.</summary>
    private const int FewestRounds = 20;

    private static readonly TimeSpan s_slice = ConsumerPulls.RecheckSlice;
    private readonly ConcurrentDictionary<(WaitKind Kind, RandomEnd End), ConcurrentBag<TimeSpan>> _times = new();

    public void Add(WaitKind kind, RandomEnd end, TimeSpan latency) =>
        _times.GetOrAdd((kind, end), _ => []).Add(latency);

    /// <summary>Prints the distribution.</summary>
    /// <returns>What was not told within a slice, for people; empty when everything was.</returns>
    public IReadOnlyList<string> FindDelays()
    {
        Row[] rows = [.. _times.OrderBy(
            entry => entry.Key).Select(entry => new Row(entry.Key.Kind, entry.Key.End, [.. entry.Value.Order()]))];
        int all = rows.Sum(row => row.Times.Length);
        int delayed = rows.Sum(row => row.Times.Count(time => time > 1.5 * s_slice));
        TestContext.Out.WriteLine($"{all} rounds; milliseconds from the end of a wait until it was told; {delayed} " +
            "times more than a slice and a half");
        TestContext.Out.WriteLine($"{"wait",-16}{"end",-13}{"count",7}{"p50",9}{"p99",9}{"max",9}");
        foreach (Row row in rows)
        {
            TestContext.Out.WriteLine(row);
        }

        IEnumerable<string> late = rows.Where(row => row.Times.Length >= FewestRounds &&
            row.Quantile(0.5) >= row.LatestMiddle)
            .Select(row => $"too late in the middle: {row}");
        return delayed <= DelayedShare * all ? [.. late] : [.. late, $"{delayed} of {all} rounds took longer than a " +
            "slice and a half"];
    }

    private sealed record Row(WaitKind Kind, RandomEnd End, TimeSpan[] Times)
    {
        /// <summary>Producers look for a dead consumer so often that it is as if they were woken.</summary>
        public TimeSpan LatestMiddle =>
            Kind < WaitKind.BufferPull && (End is RandomEnd.PeerDies or RandomEnd.PeerKilled) ? s_slice : s_slice / 4;

        public TimeSpan Quantile(double share) => Times[(int)(share * (Times.Length - 1))];

        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"{Kind,-16}{End,-13}{Times.Length,7}{Quantile(
                0.5).TotalMilliseconds,9:F2}{Quantile(0.99).TotalMilliseconds,9:F2}" +
            $"{Times[^1].TotalMilliseconds,9:F2}");
    }
}
