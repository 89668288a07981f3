using System.Globalization;
using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Report;

/// <summary>Figures as a Markdown table.</summary>
internal static class FigureTable
{
    public static void Write(IEnumerable<Figure> figures, TextWriter output)
    {
        output.WriteLine("| figure | unit | Bips | limit | ratio | target | limit is |");
        output.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | --- |");
        foreach (Figure figure in figures)
        {
            string verdict = figure.IsMet switch { null => "", true => " met", false => " MISSED" };
            output.WriteLine($"| {figure.Name} | {figure.Unit} | {Format(figure.Bips)} | {Format(figure.Limit)} | " +
                $"{Format(figure.Ratio)} | {figure.Target}{verdict} | {figure.LimitName} |");
        }
    }

    private static string Format(Spread? spread) => spread is { } known
        ? $"{Number(known.Median)} [{Number(known.Low)}..{Number(known.High)}]"
        : "";

    /// <summary>Three significant digits where a number is small, none behind the point where it is large.</summary>
    private static string Number(double value) => Math.Abs(value) switch
    {
        < 10 => value.ToString("0.00", CultureInfo.InvariantCulture),
        < 100 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("N0", CultureInfo.InvariantCulture),
    };
}
