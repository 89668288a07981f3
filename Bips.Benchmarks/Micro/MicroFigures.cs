using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Micro;

/// <summary>What BenchmarkDotNet measured, as figures beside the baseline of their class and parameters.</summary>
internal static class MicroFigures
{
    public const string Scenario = "micro";

    /// <summary>
    /// Target for the four calls of a frame on one thread, in nanoseconds.
    /// </summary>
    private const double LongestExchange = 60;

    public static IEnumerable<Figure> Of(Summary summary)
    {
        BenchmarkReport[] reports = [.. summary.Reports.Where(report => report.Success)];
        foreach (BenchmarkReport report in reports.Where(report => !report.BenchmarkCase.Descriptor.Baseline))
        {
            BenchmarkReport? baseline = Array.Find(reports, other =>
                other.BenchmarkCase.Descriptor.Baseline && IsBeside(other, report));
            yield return baseline is null ? Alone(report, target: null) : Beside(report, baseline);
            if (report.BenchmarkCase.Descriptor.Type == typeof(ExchangeBenchmarks))
            {
                yield return Alone(report, Target.AtMost(LongestExchange));
            }
        }

        yield return new Figure
        {
            Scenario = Scenario,
            Name = "bytes allocated by an operation, the most of all",
            Unit = "B",
            Bips =
                Spread.Of([reports.Max(report =>
                    (double)(report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0))]),
            Target = Target.AtMost(0),
        };
    }

    private static Figure Beside(BenchmarkReport report, BenchmarkReport baseline)
    {
        Spread limit = Spread.Of(Iterations(baseline));
        return Alone(report, target: null) with
        {
            Name = NameOf(report),
            LimitName = Words(baseline.BenchmarkCase.Descriptor),
            Limit = limit,
            Ratio = Spread.Of(Iterations(report).Select(iteration => iteration / limit.Median)),
        };
    }

    private static Figure Alone(BenchmarkReport report, Target? target) => new()
    {
        Scenario = Scenario,
        Name = target is null ? NameOf(report) : $"{NameOf(report)}, by itself",
        Unit = "ns",
        Bips = Spread.Of(Iterations(report)),
        Target = target,
        Definition = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["benchmark"] =
                $"{report.BenchmarkCase.Descriptor.Type.Name}.{report.BenchmarkCase.Descriptor.WorkloadMethod.Name}",
            ["parameters"] = report.BenchmarkCase.Parameters.PrintInfo,
        },
    };

    /// <summary>Nanoseconds of an operation, of each iteration that counts.</summary>
    private static IEnumerable<double> Iterations(BenchmarkReport report) =>
        report.GetResultRuns().Select(run => run.Nanoseconds / run.Operations);

    private static bool IsBeside(BenchmarkReport one, BenchmarkReport other) =>
        one.BenchmarkCase.Descriptor.Type == other.BenchmarkCase.Descriptor.Type &&
        string.Equals(one.BenchmarkCase.Parameters.PrintInfo, other.BenchmarkCase.Parameters.PrintInfo,
            StringComparison.Ordinal);

    private static string NameOf(BenchmarkReport report) =>
        $"{Words(report.BenchmarkCase.Descriptor)}, {report.BenchmarkCase.Parameters.PrintInfo}";

    private static string Words(Descriptor benchmark) => benchmark.WorkloadMethod.Name.Replace('_', ' ');
}
