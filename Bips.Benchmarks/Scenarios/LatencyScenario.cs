using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>One-way hand-over between two spinning processes.</summary>
internal sealed class LatencyScenario : IScenario
{
    private const string PingPong = "ping-pong of payload line and flag line, the faster of two ways to spin";
    private const int Rate = 20_000;

    public string Name => "latency";

    public string Description =>
        "One-way hand-over of a frame between two spinning processes, beside the cache-line ping-pong.";

    public IEnumerable<Figure> Run(TrialRunner runner)
    {
        Samples trips = runner.Run(Name, new Trial
        {
            Name = "round trips",
            Sections = ["raw-tight", "raw-relaxed", "pool", "pool-supplied", "pool-whole"],
            Words = runner.Settings.Times,
            Processes = [Roles.ExchangeDriver, Roles.ExchangeEcho],
            MemoryLength = Exchange.MemoryLength,
        }).WithBest("raw", ["raw-tight", "raw-relaxed"], "p50", isLargest: false);
        foreach ((string section, string what) in new[]
        {
            ("pool", "hand-over"),
            ("pool-supplied", "hand-over, timestamp supplied"),
            ("pool-whole", "hand-over with all four calls in it"),
        })
        {
            yield return trips.Beside($"{what}, p50", "ns", $"{section}.p50", "raw.p50", PingPong, Target.AtMost(2));
            yield return trips.Beside($"{what}, p90", "ns", $"{section}.p90", "raw.p90", PingPong);
            yield return trips.Beside($"{what}, p99", "ns", $"{section}.p99", "raw.p99", PingPong, Target.AtMost(2.5));
            yield return trips.Beside($"{what}, p99.9", "ns", $"{section}.p99.9", "raw.p99.9", PingPong);
            yield return trips.Beside($"{what}, max", "ns", $"{section}.max", "raw.max", PingPong);
        }

        yield return trips.Alone("a reading of the clock (already taken off the times above)", "ns", trips.Of("clock"));
        Samples paced = runner.Run(Name, new Trial
        {
            Name = "fixed rate",
            Sections = ["raw-tight", "pool-spin"],
            Words = $"rate={Rate} warm-frames={Rate * runner.Settings.WarmMilliseconds / 1000} " +
                $"frames={Rate * runner.Settings.RunMilliseconds / 1000}",
            Processes = [Roles.PacedSender, Roles.PacedReceiver],
            MemoryLength = Paced.MemoryLength,
        });
        foreach (string percentile in new[] { "p50", "p90", "p99", "p99.9", "max" })
        {
            yield return paced.Beside($"{Rate:N0} frames/s, from when a frame was due, {percentile}", "ns",
                $"pool-spin.{percentile}", $"raw-tight.{percentile}", "the same schedule over two lines");
        }
    }
}
