using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>How long a sleeping consumer takes to have its frame.</summary>
internal sealed class WakeScenario : IScenario
{
    private const int Rate = 1_000;
    private const string RawWake = "futex wake and payload line";

    public string Name => "wake";

    public string Description =>
        "Latency of a sleeping consumer on a fixed schedule, beside a bare futex wake; of one that awaits, beside it.";

    public IEnumerable<Figure> Run(TrialRunner runner)
    {
        Samples samples = runner.Run(Name, new Trial
        {
            Name = $"{Rate} frames/s",
            Sections = ["raw-futex", "pool-sleep", "pool-balanced", "pool-await-sleep"],
            Words = $"rate={Rate} warm-frames={Rate * runner.Settings.WarmMilliseconds / 1000} " +
                $"frames={Rate * (runner.Settings.IsQuick ? 2 : 6)}",
            Processes = [Roles.PacedSender, Roles.PacedReceiver],
            MemoryLength = Paced.MemoryLength,
        });
        foreach (string percentile in new[] { "p50", "p90", "p99", "p99.9", "max" })
        {
            yield return samples.Beside($"awaited, {percentile}", "ns", $"pool-await-sleep.{percentile}",
                $"pool-sleep.{percentile}",
                "a blocking pull that sleeps");
        }

        foreach (string mode in new[] { "sleep", "balanced" })
        {
            yield return samples.Beside($"{mode}, p50", "ns", $"pool-{mode}.p50", "raw-futex.p50", RawWake,
                Target.AtMost(1.15));
            yield return samples.Beside($"{mode}, p90", "ns", $"pool-{mode}.p90", "raw-futex.p90", RawWake);
            yield return samples.Beside($"{mode}, p99", "ns", $"pool-{mode}.p99", "raw-futex.p99", RawWake,
                Target.AtMost(1.5));
            yield return samples.Beside($"{mode}, p99.9", "ns", $"pool-{mode}.p99.9", "raw-futex.p99.9", RawWake);
            yield return samples.Beside($"{mode}, max", "ns", $"pool-{mode}.max", "raw-futex.max", RawWake);
        }
    }
}
