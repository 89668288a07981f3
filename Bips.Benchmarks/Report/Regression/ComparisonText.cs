using System.Globalization;

namespace Bips.Benchmarks.Report.Regression;

/// <summary>A comparison of two runs as Markdown.</summary>
internal static class ComparisonText
{
    /// <summary>Titles of the columns; those that begin with a blank are to the right.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["scenario", "figure", " ratio then", " ratio now", " change", "verdict"];

    public static void Write(RunComparison comparison, TextWriter output)
    {
        output.WriteLine("\n## Comparison\n");
        MarkdownTable.Write(output, Columns, comparison.Figures.Select(Row));
        output.WriteLine();
        foreach (string note in Notes(comparison))
        {
            output.WriteLine($"- {note}");
        }

        output.WriteLine($"\n{Summary(comparison)}");
    }

    /// <summary>How the runs differ, and by what rule they were compared.</summary>
    public static IEnumerable<string> Notes(RunComparison comparison)
    {
        ComparisonRule rule = comparison.Rule;
        return comparison.Notes.Select(note => $"differs: {note}").Append(string.Create(CultureInfo.InvariantCulture,
            $"changed means that {rule.RepetitionsBefore} and {rule.RepetitionsNow} repetitions do not overlap and " +
            $"medians are more than {rule.Tolerance:0.##%} apart; by chance, some " +
            $"{comparison.Judged * rule.Chance:0.##} of {comparison.Judged} unchanged figures look worse"));
    }

    /// <summary>The counts of all verdicts, in one line.</summary>
    public static string Summary(RunComparison comparison) =>
        $"{comparison.CountOf(Verdict.Worse)} worse, {comparison.CountOf(Verdict.Better)} better, " +
        $"{comparison.CountOf(Verdict.Same)} the same, {comparison.Figures.Count - comparison.Judged} not compared";

    public static IReadOnlyList<string> Row(FigureComparison figure) =>
    [
        figure.Scenario, figure.Name, NumberText.Of(figure.Before), NumberText.Of(figure.Now),
        figure.Growth is { } growth ? growth.ToString("+0.0%;-0.0%;0%", CultureInfo.InvariantCulture) : "",
        figure.Reason is { } reason ? $"{Name(figure.Verdict)}: {reason}" : Name(figure.Verdict),
    ];

    private static string Name(Verdict verdict) => verdict switch
    {
        Verdict.Same => "same",
        Verdict.Better => "better",
        Verdict.Worse => "WORSE",
        _ => "not compared",
    };
}
