using HdrHistogram;

namespace Bips.Cli.Statistics;

/// <summary>Counts durations in bounded memory (40 KB), so that every percentile is within one in a hundred.</summary>
/// <remarks>Any thread may record or read at any time; a reader gets the percentiles of a moment ago.</remarks>
internal sealed class LatencyHistogram
{
    /// <summary>A longer duration counts as this one: a day in nanoseconds.</summary>
    public const long Longest = 86_400_000_000_000;

    private const int Digits = 2;

    private readonly LongConcurrentHistogram _durations = new(lowestTrackableValue: 1, Longest, Digits);

    /// <param name="nanoseconds">Below zero counts as zero: clocks of others may be wrong.</param>
    public void Record(long nanoseconds) => _durations.RecordValue(Math.Clamp(nanoseconds, 0, Longest));

    /// <summary>The duration in nanoseconds that this share of all is not above.</summary>
    /// <param name="share">0 to 1.</param>
    /// <returns>Zero when nothing was recorded.</returns>
    public long Percentile(double share) => _durations.TotalCount == 0
        ? 0
        : _durations.GetValueAtPercentile(share * 100);
}
