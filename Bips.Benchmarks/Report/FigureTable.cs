using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Report;

/// <summary>Figures as a Markdown table.</summary>
internal static class FigureTable
{
    /// <summary>Titles of the columns; those that begin with a blank are to the right.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["figure", "unit", " Bips", " limit", " ratio", " target", "verdict", "limit is"];

    public static IReadOnlyList<string> Row(Figure figure) =>
    [
        figure.Name, figure.Unit, NumberText.Of(figure.Bips), NumberText.Of(figure.Limit), NumberText.Of(figure.Ratio),
        figure.Target?.ToString() ?? "", NumberText.VerdictOf(figure), figure.LimitName ?? "",
    ];

    public static void Write(IEnumerable<Figure> figures, TextWriter output) =>
        MarkdownTable.Write(output, Columns, figures.Select(Row));
}
