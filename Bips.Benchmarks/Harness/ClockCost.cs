using Bips.Signaler;

namespace Bips.Benchmarks.Harness;

/// <summary>What one reading of the clock costs. Measured times contain it, so it is taken off them.</summary>
internal static class ClockCost
{
    private const int Rounds = 20_000;

    /// <returns>Nanoseconds, the median of many.</returns>
    public static long Measure()
    {
        var histogram = new Histogram();
        for (int i = 0; i < Rounds; i++)
        {
            long start = MonotonicClock.Nanoseconds;
            long end = MonotonicClock.Nanoseconds;
            histogram.Record(end - start);
        }

        return histogram.Percentile(50);
    }
}
