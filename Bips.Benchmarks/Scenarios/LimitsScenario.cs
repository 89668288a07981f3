using System.Globalization;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Raw;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>The limits that everything else is compared with, in C# and in C: no Bips in any of them.</summary>
internal sealed class LimitsScenario : IScenario
{
    private const int Rate = 1_000;
    private const int HotLength = 256 * 1024;
    private const int ColdLength = 64 * 1024 * 1024;

    /// <summary>Shared by both, so that a difference between them is the language's.</summary>
    private static readonly StreamPlan s_ring = new(1024, Buffers: 64, Sinks: 1, Touch.None);

    private static readonly (string Section, string Name)[] s_exchanges =
    [
        ("raw-line", "one way of one line"),
        ("raw-tight", "one way of a payload line and a flag line"),
        ("raw-relaxed", "the same with a pause in the loop"),
        ("raw-futex", "one way of the same, asleep on a futex"),
    ];

    private static readonly string[] s_percentiles = ["p50", "p99"];

    public string Name => "limits";

    public string Description =>
        "The machine's limits without Bips, in C# and (where gcc is) in C: lines, futex wakes, copies, rings.";

    public IEnumerable<Figure> Run(TrialRunner runner)
    {
        using var native = new NativeLimits();
        return [.. Exchanges(runner, native), .. SameCore(runner, native), .. Wakes(runner, native),
            .. Rings(runner, native), .. Copies(runner, native)];
    }

    private IEnumerable<Figure> Exchanges(TrialRunner runner, NativeLimits native)
    {
        Samples samples = runner.Run(Name, new Trial
        {
            Name = "lines between two cores",
            Sections = [.. s_exchanges.Select(exchange => exchange.Section)],
            Words = runner.Settings.Times,
            Processes = [Roles.ExchangeDriver, Roles.ExchangeEcho],
            MemoryLength = Exchange.MemoryLength,
            Alongside = values =>
            {
                foreach ((string section, _) in s_exchanges)
                {
                    native.Measure(values, $"c-{section}",
                        ["exchange", section["raw-".Length..], .. Processors(runner),
                            Text(runner.Settings.RunMilliseconds)]);
                }
            },
        });
        return s_exchanges.SelectMany(exchange => s_percentiles.Select(percentile => BesideC(
            samples, native, $"{exchange.Name}, {percentile}", "ns", $"{exchange.Section}.{percentile}",
            $"c-{exchange.Section}.{percentile}")));
    }

    private IEnumerable<Figure> SameCore(TrialRunner runner, NativeLimits native)
    {
        string processor = Processors(runner)[0];
        Samples samples = runner.Run(Name, new Trial
        {
            Name = "futex within one core",
            Sections = ["raw-futex"],
            Words = runner.Settings.Times,
            Processes = [Roles.ExchangeDriver, Roles.ExchangeEcho],
            MemoryLength = Exchange.MemoryLength,
            IsOnOneProcessor = true,
            Alongside = values => native.Measure(values, "c", "exchange", "futex", processor, processor,
                Text(runner.Settings.RunMilliseconds)),
        });
        yield return BesideC(samples, native, "one way within one core, asleep on a futex, p50", "ns",
            "raw-futex.p50", "c.p50");
    }

    private IEnumerable<Figure> Wakes(TrialRunner runner, NativeLimits native)
    {
        int frames = Rate * (runner.Settings.IsQuick ? 1 : 3);
        Samples samples = runner.Run(Name, new Trial
        {
            Name = $"futex wakes at {Rate:N0}/s",
            Sections = ["raw-futex"],
            Words = $"rate={Rate} warm-frames={Rate / 2} frames={frames}",
            Processes = [Roles.PacedSender, Roles.PacedReceiver],
            MemoryLength = Paced.MemoryLength,
            Alongside = values =>
                native.Measure(values, "c", ["wake", .. Processors(runner), Text(Rate), Text(frames)]),
        });
        foreach (string percentile in s_percentiles)
        {
            yield return BesideC(samples, native, $"futex wake at {Rate:N0}/s, from when it was due, {percentile}",
                "ns",
                $"raw-futex.{percentile}", $"c.{percentile}");
        }
    }

    private IEnumerable<Figure> Rings(TrialRunner runner, NativeLimits native)
    {
        Samples samples = runner.Run(Name, new Trial
        {
            Name = "index rings",
            Sections = ["ring"],
            Words = $"{s_ring.ToWords()} {runner.Settings.Times}",
            Processes = [Roles.Source, $"{Roles.Sink} sink=0"],
            MemoryLength = s_ring.MemoryLength,
            Alongside = values =>
                native.Measure(values, "c", ["ring", .. Processors(runner), Text(runner.Settings.RunMilliseconds)]),
        });
        yield return BesideC(samples, native, "buffer numbers out through one ring and back through another", "1/s",
            "ring.rate", "c.rate");
    }

    private IEnumerable<Figure> Copies(TrialRunner runner, NativeLimits native)
    {
        Samples samples = runner.Run(Name, new Trial
        {
            Name = "copies",
            Sections = ["hot", "cold"],
            Words = $"hot={HotLength} cold={ColdLength} {runner.Settings.Times}",
            Processes = [Roles.Copy],
            MemoryLength = 0,
            Alongside = values =>
            {
                native.Measure(values, "c-hot", "copy", Text(HotLength), Text(runner.Settings.RunMilliseconds));
                native.Measure(values, "c-cold", "copy", Text(ColdLength), Text(runner.Settings.RunMilliseconds));
            },
        });
        yield return BesideC(samples, native, "copy of 256 KB again and again (in the cache)", "GB/s", "hot",
            "c-hot.rate");
        yield return BesideC(samples, native, "copy of 64 MB again and again (beyond the cache)", "GB/s", "cold",
            "c-cold.rate");
    }

    private static Figure BesideC(Samples samples, NativeLimits native, string name, string unit, string key,
        string nativeKey) =>
        native.Obstacle is { } obstacle
            ? samples.Alone($"C#: {name}", unit, samples.Of(key)) with { LimitName = $"the same in C: {obstacle}" }
            : samples.Beside($"C#: {name}", unit, key, nativeKey, "the same in C");

    private static string[] Processors(TrialRunner runner)
    {
        IReadOnlyList<int> processors = runner.Settings.Processors;
        return [Text(processors[0]), Text(processors[1 % processors.Count])];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
