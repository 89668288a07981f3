using Bips.Benchmarks.Report.Regression;

namespace Bips.Benchmarks.Report;

/// <summary>Runs that were stored earlier: one by <c>--json</c>, or one for each scenario by <c>--report</c>.</summary>
internal static class StoredRuns
{
    /// <exception cref="InvalidDataException">The file holds no results.</exception>
    public static IReadOnlyList<RunReport> Load(FileInfo file) =>
        MachineReport.IsIn(file) ? MachineReport.Load(file).Runs : [RunReport.Load(file)];

    /// <summary>Compares each newer run with the older run of the same scenarios.</summary>
    /// <param name="before">The older runs.</param>
    /// <param name="now">The newer runs; older scenarios that they did not measure do not count.</param>
    /// <param name="tolerance">See <see cref="ComparisonRule"/>.</param>
    public static IReadOnlyList<RunComparison> Compare(IReadOnlyList<RunReport> before, IReadOnlyList<RunReport> now,
        double tolerance)
    {
        if (before is [var older] && now is [var newer])
        {
            return [RunComparison.Of(older, newer, tolerance)];
        }

        RunReport[] parts = [.. before.SelectMany(run => run.Split())];
        return
        [
            .. now.SelectMany(run => run.Split()).Select(run => RunComparison.Of(
                Array.Find(parts, part => part.Scenarios.ContainsKey(run.Scenarios.Keys.Single()))
                    ?? run with { Figures = [] },
                run, tolerance)),
        ];
    }
}
