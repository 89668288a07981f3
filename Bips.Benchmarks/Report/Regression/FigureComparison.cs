using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Report.Regression;

/// <summary>One figure of two runs.</summary>
/// <param name="Scenario">Which sub-command measured it.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Verdict">What came of it.</param>
internal sealed record FigureComparison(string Scenario, string Name, Verdict Verdict)
{
    /// <summary>What was compared, of the older run; null where it was not measured.</summary>
    public Spread? Before { get; init; }

    /// <summary>What was compared, of the newer run; null where it was not measured.</summary>
    public Spread? Now { get; init; }

    /// <summary>Why there is no verdict; null with one.</summary>
    public string? Reason { get; init; }

    /// <summary>Share by which the median grew; null unless both runs have one that is not zero.</summary>
    public double? Growth => Before is { Median: > 0 } before && Now is { } now
        ? (now.Median / before.Median) - 1
        : null;
}
