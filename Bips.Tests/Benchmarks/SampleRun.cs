using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Report;

namespace Bips.Tests.Benchmarks;

/// <summary>Results as a run would store them.</summary>
internal static class SampleRun
{
    private static readonly Distribution s_curve = new([0, 50, 90, 99], [100, 150, 200, 900], [80, 100, 110, 300]);
    private static readonly string[] s_policies = ["Block", "Latest"];
    private static readonly int[] s_sinks = [1, 8, 32];

    /// <summary>
    /// A run of one latency figure with its curve, one that stands alone, and rates for three numbers of consumers and
    /// two policies.
    /// </summary>
    public static RunReport Whole() => Of(
    [
        Latency(1.5) with { Distribution = s_curve },
        new Figure
        {
            Scenario = "latency",
            Name = "a reading of the clock",
            Unit = "ns",
            Bips = new Spread(20, 19, 22),
        },
        .. s_policies.SelectMany(policy => s_sinks.Select(sinks => Rate(policy, sinks))),
    ]);

    public static RunReport Of(IReadOnlyList<Figure> figures, int repetitions = 5) => new()
    {
        Environment = new(StringComparer.Ordinal)
        {
            ["processor"] = "Example <& Sons>",
            ["kernel"] = "Linux 6.1",
            ["commit"] = "0.1.0+abc",
            ["command"] = "./build.sh bench all",
            ["time"] = "2026-01-02 03:04:05Z",
            ["load at start"] = "0.01",
        },
        Settings = new RunSettings(IsQuick: false, repetitions, [0, 1]),
        Scenarios = new(StringComparer.Ordinal) { ["latency"] = "One-way hand-over.", ["scale"] = "More consumers." },
        Figures = figures,
    };

    /// <summary>A time whose repetitions lie within 2 % of a ratio to its limit.</summary>
    public static Figure Latency(double ratio, double limit = 100) => new()
    {
        Scenario = "latency",
        Name = "hand-over, p50",
        Unit = "ns",
        Bips = Around(ratio * limit),
        LimitName = "ping-pong",
        Limit = Around(limit),
        Ratio = Around(ratio),
        Target = Target.AtMost(2),
        Definition = Words(("bips", "pool.p50"), ("limit", "raw.p50"), ("trial", "round trips"), ("run", "1000")),
    };

    public static Figure Rate(string policy, int sinks, double ratio = 0.5) => new()
    {
        Scenario = "scale",
        Name = $"{sinks} consumers, {policy} | 1 KB",
        Unit = "frames/s",
        Bips = Around(1e6 * ratio / sinks),
        LimitName = "counters",
        Limit = Around(1e6 / sinks),
        Ratio = Around(ratio),
        Definition = Words(("bips", $"pool/Balanced/{policy}.rate"), ("limit", "plain.rate"), ("sinks", $"{sinks}"),
            ("size", "1024"),
            ("parties", $"{sinks + 1}"), ("trial", $"{sinks} processes")),
    };

    public static Spread Around(double value) => new(value, value * 0.98, value * 1.02);

    private static SortedDictionary<string, string> Words(params (string Word, string Value)[] words) =>
        new(words.ToDictionary(word => word.Word, word => word.Value, StringComparer.Ordinal), StringComparer.Ordinal);
}
