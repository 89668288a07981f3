using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>Measures by BIPS' own definitions the figures that BIPS publishes, so that its users can compare.</summary>
internal sealed class PublishedScenario : IScenario
{
    private const double PublishedRate = 7_000;
    private const double PublishedLatency = 800_000;
    private const double PublishedBandwidth = 6;

    private const int FourBytes = 4;
    private const int SmallBuffers = 8;
    private const int LargeFrame = 3840 * 2160 * 4;
    private const int LargeBuffers = 4;
    private const int Rate = 1_000;

    private const string Exchanges = "published: over 7,000/s";
    private const string Latency = "published: under 800 us";
    private const string Bandwidth = "published: up to 6 GB/s";

    public string Name => "published";

    public string Description =>
        "Exchanges per second, latency and bandwidth by the definitions of RidgeRun's BIPS, beside its published " +
        "figures.";

    public IEnumerable<Figure> Run(TrialRunner runner) =>
        [.. Streams(runner), .. LockStep(runner), .. Latencies(runner), .. Bandwidths(runner)];

    private IEnumerable<Figure> Streams(TrialRunner runner)
    {
        Samples samples = Stream(runner, "4 bytes", new StreamPlan(FourBytes, SmallBuffers, Sinks: 1, Touch.Ends))
            .With("published", _ => PublishedRate);
        yield return samples.Beside("exchanges at 4 bytes, both spinning", "exchanges/s", "pool/Spin/Block.rate",
            "published", Exchanges,
            Target.AtLeast(100));
        yield return samples.Beside("exchanges at 4 bytes, both Balanced", "exchanges/s", "pool/Balanced/Block.rate",
            "published", Exchanges);
        yield return samples.Beside("exchanges at 4 bytes, both sleeping", "exchanges/s", "pool/Sleep/Block.rate",
            "published", Exchanges,
            Target.AtLeast(1));
    }

    /// <summary>One frame at a time: the next one is sent when the answer to the last one has come.</summary>
    private IEnumerable<Figure> LockStep(TrialRunner runner)
    {
        Samples samples = runner.Run(Name, new Trial
        {
            Name = "one exchange after the other",
            Sections = ["pool-spin", "pool-sleep"],
            Words = runner.Settings.Times,
            Processes = [Roles.ExchangeDriver, Roles.ExchangeEcho],
            MemoryLength = Exchange.MemoryLength,
        })
            .With("spin", values => 2 * values("pool-spin.rate"))
            .With("sleep", values => 2 * values("pool-sleep.rate"))
            .With("published", _ => PublishedRate);
        yield return samples.Beside("one exchange after the other, both spinning", "exchanges/s", "spin",
            "published", Exchanges,
            Target.AtLeast(100));
        yield return samples.Beside("one exchange after the other, both sleeping", "exchanges/s", "sleep",
            "published", Exchanges,
            Target.AtLeast(1));
    }

    private IEnumerable<Figure> Latencies(TrialRunner runner)
    {
        Samples samples = runner.Run(Name, new Trial
        {
            Name = $"{Rate:N0} frames/s",
            Sections = ["pool-sleep", "pool-spin"],
            Words = $"rate={Rate} warm-frames={Rate / 2} frames={Rate * (runner.Settings.IsQuick ? 1 : 3)}",
            Processes = [Roles.PacedSender, Roles.PacedReceiver],
            MemoryLength = Paced.MemoryLength,
        }).With("published", _ => PublishedLatency);
        yield return samples.Beside("latency by a time in the buffer, sleeping, p50", "ns", "pool-sleep.p50",
            "published", Latency,
            Target.AtMost(0.1));
        yield return samples.Beside("latency by a time in the buffer, sleeping, p99", "ns", "pool-sleep.p99",
            "published", Latency);
        yield return samples.Beside("latency by a time in the buffer, spinning, p50", "ns", "pool-spin.p50",
            "published", Latency);
    }

    private IEnumerable<Figure> Bandwidths(TrialRunner runner)
    {
        Samples samples = Stream(runner, "4K RGBA", new StreamPlan(LargeFrame, LargeBuffers, Sinks: 1, Touch.All))
            .With("bandwidth", values => values("pool/Balanced/Block.rate") * LargeFrame * 2 / 1e9)
            .With("published", _ => PublishedBandwidth);
        yield return samples.Beside("size x rate x 2 at 4K RGBA, every byte written and read", "GB/s", "bandwidth",
            "published", Bandwidth);
    }

    private Samples Stream(TrialRunner runner, string name, StreamPlan plan) => runner.Run(Name, new Trial
    {
        Name = name,
        Sections = ["pool/Spin/Block", "pool/Balanced/Block", "pool/Sleep/Block"],
        Words = $"{plan.ToWords()} {runner.Settings.BriefTimes}",
        Processes = [Roles.Source, $"{Roles.Sink} sink=0"],
        MemoryLength = 0,
    });
}
