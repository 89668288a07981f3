namespace Bips.Benchmarks.Report;

/// <summary>Sentences that every form of a report has.</summary>
internal static class ReportText
{
    public static string Title(RunReport report) => $"Bips on {report.Environment.GetValueOrDefault("board") switch
    {
        null or EnvironmentRecord.NoBoard => report.Environment.GetValueOrDefault("processor") ?? "an unknown machine",
        string board => board,
    }}";

    public static string Summary(RunReport report)
    {
        int targets = report.Figures.Count(figure => figure.Target is not null);
        int met = report.Figures.Count(figure => figure.IsMet == true);
        string verdict = targets == 0 ? "none has a target" : $"{met} of {targets} targets met";
        return $"{report.Figures.Count} figures; {verdict}. Measured {report.Environment.GetValueOrDefault("time")} " +
            $"at {report.Environment.GetValueOrDefault("commit")} with `{report.Environment.GetValueOrDefault("command")}`.";
    }

    public static string Reading(RunReport report) =>
        $"Each cell is the median [smallest..largest] of {Count(report.Settings.Repetitions)}, with new processes each time. The limit is mostly " +
        "what the machine does without Bips, else what the last column says, measured in the same processes on the same cores; the ratio is " +
        "taken within each repetition. A ratio " +
        "of a time is good when small, of a rate when large.";

    private static string Count(int repetitions) => repetitions == 1 ? "1 repetition" : $"{repetitions} repetitions";
}
