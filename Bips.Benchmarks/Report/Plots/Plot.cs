using OxyPlot;

namespace Bips.Benchmarks.Report.Plots;

/// <summary>One drawing of a report.</summary>
/// <param name="Scenario">Whose figures it shows.</param>
/// <param name="Name">Part of a file name, unique within a report.</param>
/// <param name="Title">What it shows, in a line.</param>
/// <param name="Model">The drawing.</param>
internal sealed record Plot(string Scenario, string Name, string Title, PlotModel Model)
{
    /// <summary>All drawings that the figures of a run are good for.</summary>
    public static IReadOnlyList<Plot> AllOf(RunReport report) =>
        [.. LatencyPlots.Of(report.Figures), .. LinePlots.Of(report.Figures)];

    /// <summary>A title as part of a file name.</summary>
    public static string FileNameOf(string title) => string.Join('-',
        new string([.. title.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
