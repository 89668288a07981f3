using System.Globalization;
using Bips.Benchmarks.Harness;
using OxyPlot;
using OxyPlot.Axes;

namespace Bips.Benchmarks.Report.Plots;

/// <summary>
/// Figures that were measured several times with one word of their definition changed: rate over the size of a frame, or over the
/// number of consumers. Which those are, the definitions say.
/// </summary>
internal static class LinePlots
{
    private const int FewestPoints = 3;

    /// <summary>Words that change along with the one that is drawn, and mean nothing by themselves.</summary>
    private static readonly string[] s_accompanying = ["trial", "parties", "buffers", "bips", "limit"];

    private static readonly (string Word, string Over, string Axis, Func<double, string> Label)[] s_variables =
    [
        ("size", "size of a frame", "size of a frame", PlotParts.Bytes),
        ("sinks", "number of consumers", "consumers", count => count.ToString("0", CultureInfo.InvariantCulture)),
    ];

    public static IEnumerable<Plot> Of(IReadOnlyList<Figure> figures) => s_variables.SelectMany(variable => figures
        .Where(figure => Value(figure, variable.Word) is not null && figure.Limit is not null &&
            figure.Definition.ContainsKey("bips") && figure.Definition.ContainsKey("limit"))
        .GroupBy(figure => Family(figure, variable.Word), StringComparer.Ordinal)
        .Where(family => family.Select(figure => Value(figure, variable.Word)).Distinct().Count() >= FewestPoints)
        .Select((family, number) => Draw([.. family], variable, number)));

    private static Plot Draw(IReadOnlyList<Figure> family, (string Word, string Over, string Axis, Func<double, string> Label) variable, int number)
    {
        string unit = family[0].Unit;
        PlotModel model = PlotParts.Model(
            PlotParts.Logarithmic(AxisPosition.Bottom, variable.Axis, variable.Label, powerOf: 2),
            PlotParts.Logarithmic(AxisPosition.Left, unit, string.Equals(unit, "ns", StringComparison.Ordinal) ? PlotParts.Time : PlotParts.Count));
        string[][] words = [.. family.Select(Words)];
        foreach ((int series, var line) in family.GroupBy(figure => figure.Definition["bips"], StringComparer.Ordinal).Index())
        {
            string name = string.Join(' ', Words(line.First()).Where(word => !words.All(all => all.Contains(word, StringComparer.Ordinal))));
            model.Series.Add(PlotParts.Line(name.Length > 0 ? $"Bips, {name}" : "Bips", Points(line, variable.Word, figure => figure.Bips.Median),
                series, marked: true));
        }

        foreach (var line in family.GroupBy(figure => $"{figure.Definition["limit"]} {figure.LimitName}", StringComparer.Ordinal))
        {
            model.Series.Add(PlotParts.Line(line.First().LimitName ?? "limit",
                Points(line.DistinctBy(figure => Value(figure, variable.Word)), variable.Word, figure => figure.Limit!.Value.Median),
                series: null, marked: true));
        }

        string title = $"{family[0].Scenario}: {unit} over {variable.Over}" + (number > 0 ? $" ({number + 1})" : "");
        return new Plot(family[0].Scenario, Plot.FileNameOf(title), title, model);
    }

    private static IEnumerable<DataPoint> Points(IEnumerable<Figure> figures, string word, Func<Figure, double> value) => figures
        .Select(figure => new DataPoint(Value(figure, word)!.Value, value(figure))).OrderBy(point => point.X);

    private static double? Value(Figure figure, string word) => figure.Definition.TryGetValue(word, out string? text) &&
        double.TryParse(text, CultureInfo.InvariantCulture, out double value) && value > 0 ? value : null;

    /// <summary>What figures of one drawing have in common.</summary>
    private static string Family(Figure figure, string variable) => string.Join(' ', figure.Definition
        .Where(word => !string.Equals(word.Key, variable, StringComparison.Ordinal) && !s_accompanying.Contains(word.Key, StringComparer.Ordinal))
        .OrderBy(word => word.Key, StringComparer.Ordinal).Select(word => $"{word.Key}={word.Value}")
        .Prepend(figure.Unit).Prepend(figure.Scenario));

    /// <summary>The parts of the section that a figure was taken from, which name it in the legend.</summary>
    private static string[] Words(Figure figure) => figure.Definition["bips"].Split('/', '.');
}
