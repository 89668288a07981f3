using System.Globalization;
using Bips.Benchmarks.Harness;
using OxyPlot;
using OxyPlot.Axes;

namespace Bips.Benchmarks.Report.Plots;

/// <summary>
/// The distributions of latencies, one drawing for each trial: every percentile of Bips and of its limits. The axis of
/// percentiles gives each further nine the same room, as HdrHistogram does, because the tail is what matters.
/// </summary>
internal static class LatencyPlots
{
    private const string Median = ", p50";

    /// <summary>
    /// Stands in a figure's name between what is measured and its limit; the line of the limit has the limit's name.
    /// </summary>
    private const string Beside = ", beside ";

    public static IEnumerable<Plot> Of(IReadOnlyList<Figure> figures) => figures
        .Where(figure => figure.Distribution is not null)
        .GroupBy(figure => $"{figure.Scenario}: {figure.Definition.GetValueOrDefault("trial") ?? figure.Name}",
            StringComparer.Ordinal)
        .Select(trial => Draw(trial.Key, [.. trial]));

    private static Plot Draw(string trial, IReadOnlyList<Figure> figures)
    {
        PlotModel model = PlotParts.Model(
            PlotParts.Linear(AxisPosition.Bottom, "share of the frames that were as fast or faster", Percentile),
            PlotParts.Logarithmic(AxisPosition.Left, "latency", PlotParts.Time));
        foreach ((int number, Figure figure) in figures.DistinctBy(BipsKey, StringComparer.Ordinal).Index())
        {
            model.Series.Add(PlotParts.Line($"Bips, {SubjectOf(figure)}",
                Points(figure.Distribution!, figure.Distribution!.Bips), number,
                marked: false));
        }

        Figure[] limits = [.. figures.Where(figure => figure.Distribution!.Limit is not null)
            .DistinctBy(LimitKey, StringComparer.Ordinal)];
        foreach ((int limit, Figure figure) in limits.Index())
        {
            bool isNamedLikeAnother = limits.Count(other =>
                string.Equals(other.LimitName, figure.LimitName, StringComparison.Ordinal)) > 1;
            model.Series.Add(PlotParts.Limit((figure.LimitName ?? "limit") +
                (isNamedLikeAnother ? $" ({SubjectOf(figure)})" : ""),
                Points(figure.Distribution!, figure.Distribution!.Limit!), limit, marked: false));
        }

        return new Plot(figures[0].Scenario, Plot.FileNameOf(trial), $"{trial}, distribution", model);
    }

    private static string SubjectOf(Figure figure)
    {
        string name = figure.Name.Split(Beside)[0];
        return name.EndsWith(Median, StringComparison.Ordinal) ? name[..^Median.Length] : name;
    }

    private static string BipsKey(Figure figure) => figure.Definition.GetValueOrDefault("bips") ?? figure.Name;

    private static string LimitKey(Figure figure) =>
        $"{figure.LimitName} {figure.Definition.GetValueOrDefault("limit")}";

    private static IEnumerable<DataPoint> Points(Distribution distribution, IReadOnlyList<double> values) =>
        distribution.Percentiles.Zip(values, (percentile, value) =>
            new DataPoint(-Math.Log10(1 - (percentile / 100)), Math.Max(value, 1)));

    private static string Percentile(double nines) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * (1 - Math.Pow(10, -nines)):0.#####} %");
}
