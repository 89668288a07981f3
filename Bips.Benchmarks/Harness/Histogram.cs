using HdrHistogram;

namespace Bips.Benchmarks.Harness;

/// <summary>Times, of which every percentile is known to one part in a thousand. Recording allocates nothing.</summary>
internal sealed class Histogram
{
    /// <summary>18 minutes: beyond any time that a trial may take.</summary>
    private const long Longest = (1L << 40) - 1;
    private const int Digits = 3;

    private readonly LongHistogram _times = new(Longest, Digits);

    /// <summary>Number of times recorded.</summary>
    public long Count => _times.TotalCount;

    /// <summary>Longest time, exactly.</summary>
    public long Maximum { get; private set; }

    /// <summary>
    /// Records one time. It may be negative, because the cost of a reading of the clock was taken off it: that counts
    /// as zero.
    /// </summary>
    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Clamp(nanoseconds, 0, Longest);
        _times.RecordValue(nanoseconds);
        Maximum = Math.Max(Maximum, nanoseconds);
    }

    public void Clear()
    {
        _times.Reset();
        Maximum = 0;
    }

    /// <summary>The time that the given share of all recorded times does not exceed.</summary>
    /// <param name="percent">Above 0, at most 100.</param>
    public long Percentile(double percent) => Math.Min(_times.GetValueAtPercentile(percent), Maximum);
}
