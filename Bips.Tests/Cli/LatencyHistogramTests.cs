using Bips.Cli.Statistics;

namespace Bips.Tests.Cli;

/// <summary>Percentiles of many durations from little memory.</summary>
public sealed class LatencyHistogramTests
{
    [Test]
    public void Nothing_recorded_is_zero() => Assert.That(new LatencyHistogram().Percentile(0.5), Is.Zero);

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(63)]
    [TestCase(64)]
    [TestCase(1000)]
    [TestCase(123_456_789)]
    [TestCase(LatencyHistogram.Longest)]
    public void One_duration_is_every_percentile(long nanoseconds)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(nanoseconds);
        Assert.That((double)histogram.Percentile(0.01), Is.EqualTo((double)nanoseconds).Within(1).Percent);
        Assert.That((double)histogram.Percentile(0.99), Is.EqualTo((double)nanoseconds).Within(1).Percent);
    }

    [Test]
    public void A_time_before_zero_counts_as_zero()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(-5);
        Assert.That(histogram.Percentile(1), Is.Zero);
    }

    [Test]
    public void A_time_of_more_than_a_day_counts_as_a_day()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(long.MaxValue);
        Assert.That((double)histogram.Percentile(1), Is.EqualTo((double)LatencyHistogram.Longest).Within(1).Percent);
    }

    [TestCase(0.01)]
    [TestCase(0.5)]
    [TestCase(0.99)]
    [TestCase(1)]
    public void Percentiles_are_those_of_the_sorted_durations(double share)
    {
        var random = new Random(7);
        long[] durations = [.. Enumerable.Range(0, 10_000).Select(_ => (long)Math.Exp(random.NextDouble() * 25))];
        var histogram = new LatencyHistogram();
        foreach (long duration in durations)
        {
            histogram.Record(duration);
        }

        Array.Sort(durations);
        long expected = durations[(int)Math.Ceiling(share * durations.Length) - 1];
        Assert.That((double)histogram.Percentile(share), Is.EqualTo((double)expected).Within(1).Percent);
    }
}
