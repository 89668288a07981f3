using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Report;

/// <summary>Sentences that every form of a report has.</summary>
internal static class ReportText
{
    /// <summary>How to read a table of figures.</summary>
    public const string Reading =
        "Each cell is the median [smallest..largest] of the repetitions, each with new processes. The limit is " +
        "mostly what the machine does without Bips, otherwise what the last column says, measured in the same " +
        "processes on the same cores; the ratio is taken within each repetition. A ratio of a time is good when " +
        "small, of a rate when large.";

    /// <param name="facts">Of the environment record.</param>
    public static string Title(IReadOnlyDictionary<string, string> facts)
    {
        string? board = facts.GetValueOrDefault("board");
        return board is null or EnvironmentRecord.NoBoard
            ? $"Bips on {facts.GetValueOrDefault("processor") ?? "an unknown machine"}"
            : $"Bips on {board}";
    }

    /// <summary>How many figures there are, and how many meet their targets.</summary>
    public static string Count(IReadOnlyList<Figure> figures)
    {
        int targets = figures.Count(figure => figure.Target is not null);
        int met = figures.Count(figure => figure.IsMet == true);
        return $"{figures.Count} figures; {(targets == 0 ? "none has a target" : $"{met} of {targets} targets met")}";
    }

    /// <summary>What was measured how often, when, at which commit and by which command.</summary>
    public static string Summary(RunReport run)
    {
        int repetitions = run.Settings.Repetitions;
        return $"{Count(run.Figures)}. {repetitions} repetition{(repetitions == 1 ? "" : "s")}, " +
            $"measured {run.Environment.GetValueOrDefault("time")} at {run.Environment.GetValueOrDefault("commit")} " +
            $"with `{run.Environment.GetValueOrDefault("command")}`.";
    }
}
