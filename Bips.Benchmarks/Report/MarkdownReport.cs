using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Report.Plots;
using Bips.Benchmarks.Report.Regression;

namespace Bips.Benchmarks.Report;

/// <summary>A run as a Markdown page, whose drawings lie beside it.</summary>
internal static class MarkdownReport
{
    /// <param name="report">The run.</param>
    /// <param name="name">File name of the page, without extension.</param>
    /// <param name="plots">Its drawings; each lies beside the page as <see cref="ReportFiles.ImageName"/> says.</param>
    /// <param name="comparison">With an older run; null for none.</param>
    /// <param name="output">Where to.</param>
    public static void Write(RunReport report, string name, IReadOnlyList<Plot> plots, RunComparison? comparison, TextWriter output)
    {
        output.WriteLine($"# {ReportText.Title(report)}\n");
        output.WriteLine($"{ReportText.Summary(report)}\n\n{ReportText.Reading(report)}\n");
        Figure[] missed = [.. report.Figures.Where(figure => figure.IsMet == false)];
        if (missed.Length > 0)
        {
            output.WriteLine("## Targets that are missed\n");
            FigureTable.Write(missed, output);
            output.WriteLine();
        }

        foreach (IGrouping<string, Figure> scenario in report.Figures.GroupBy(figure => figure.Scenario, StringComparer.Ordinal))
        {
            output.WriteLine($"## {scenario.Key}\n");
            output.WriteLine($"{report.Scenarios.GetValueOrDefault(scenario.Key)}\n");
            FigureTable.Write(scenario, output);
            output.WriteLine();
            foreach (Plot plot in plots.Where(plot => string.Equals(plot.Scenario, scenario.Key, StringComparison.Ordinal)))
            {
                output.WriteLine($"![{plot.Title}]({ReportFiles.ImageName(name, plot)})\n");
            }
        }

        if (comparison is not null)
        {
            ComparisonText.Write(comparison, output);
            output.WriteLine();
        }

        output.WriteLine("## Measured on\n");
        MarkdownTable.Write(output, ["what", "how it was"], report.Environment.Select(string[] (fact) => [fact.Key, fact.Value]));
    }
}
