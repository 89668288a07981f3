using System.Globalization;
using Bips.Benchmarks.Harness;
using OxyPlot;
using OxyPlot.Axes;

namespace Bips.Benchmarks.Report.Plots;

/// <summary>
/// Figures that were measured several times with one word of their definition changed: rate over the size of a frame,
/// or over the number of consumers. The definitions tell which figures belong together.
/// </summary>
internal static class LinePlots
{
    private const int FewestPoints = 3;

    /// <summary>Words that change whenever the drawn word changes, and mean nothing by themselves.</summary>
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
        .Select(family => LinesOf(family, variable.Word))
        .Where(family => family.Length > 0)
        .GroupBy(family => (family[0].Scenario, family[0].Unit))
        .SelectMany(families => families.Select((family, number) => Draw(family, variable, number))));

    /// <summary>The figures of a family without those that make no line.</summary>
    private static Figure[] LinesOf(IEnumerable<Figure> family, string word) =>
    [
        .. family.GroupBy(figure => figure.Definition["bips"], StringComparer.Ordinal)
            .Where(line => line.Select(figure => Value(figure, word)).Distinct().Count() >= FewestPoints)
            .SelectMany(line => line),
    ];

    private static Plot Draw(Figure[] family,
        (string Word, string Over, string Axis, Func<double, string> Label) variable, int number)
    {
        string unit = family[0].Unit;
        bool isTime = string.Equals(unit, "ns", StringComparison.Ordinal);
        string quantity = isTime ? "time" : unit;
        PlotModel model = PlotParts.Model(
            PlotParts.Logarithmic(AxisPosition.Bottom, variable.Axis, variable.Label, powerOf: 2),
            PlotParts.Logarithmic(AxisPosition.Left, quantity, isTime ? PlotParts.Time : PlotParts.Count));
        string[][] words = [.. family.Select(Words)];
        foreach ((int series, var line) in family
            .GroupBy(figure => figure.Definition["bips"], StringComparer.Ordinal).Index())
        {
            string name = string.Join(' ', Words(line.First())
                .Where(word => !words.All(all => all.Contains(word, StringComparer.Ordinal))));
            model.Series.Add(PlotParts.Line(name.Length > 0 ? $"Bips, {name}" : "Bips",
                Points(line, variable.Word, figure => figure.Bips.Median),
                series, marked: true));
        }

        foreach ((int limit, var line) in family.GroupBy(LimitKey, StringComparer.Ordinal).Index())
        {
            model.Series.Add(PlotParts.Limit(line.First().LimitName ?? "limit",
                Points(line, variable.Word, figure => figure.Limit!.Value.Median),
                limit, marked: true));
        }

        string title = $"{family[0].Scenario}: {quantity} over {variable.Over}" +
            (number > 0 ? $" ({number + 1})" : "");
        return new Plot(family[0].Scenario, Plot.FileNameOf(title), title, model);
    }

    /// <summary>What several trials measured of the same is one point, the middle one.</summary>
    private static IEnumerable<DataPoint> Points(IEnumerable<Figure> figures, string word,
        Func<Figure, double> value) => figures
        .GroupBy(figure => Value(figure, word)!.Value)
        .Select(same => new DataPoint(same.Key, Spread.Of(same.Select(value)).Median))
        .OrderBy(point => point.X);

    private static string LimitKey(Figure figure) => $"{figure.Definition["limit"]} {figure.LimitName}";

    private static double? Value(Figure figure, string word) => figure.Definition.TryGetValue(word, out string? text) &&
        double.TryParse(text, CultureInfo.InvariantCulture, out double value) && value > 0 ? value : null;

    /// <summary>What figures of one drawing have in common.</summary>
    private static string Family(Figure figure, string variable) => string.Join(' ', figure.Definition
        .Where(word => !string.Equals(word.Key, variable, StringComparison.Ordinal) &&
            !s_accompanying.Contains(word.Key, StringComparer.Ordinal))
        .OrderBy(word => word.Key, StringComparer.Ordinal).Select(word => $"{word.Key}={word.Value}")
        .Prepend(figure.Unit).Prepend(figure.Scenario));

    /// <summary>The parts of the section that a figure was taken from, which name it in the legend.</summary>
    private static string[] Words(Figure figure) => figure.Definition["bips"].Split('/', '.');
}
