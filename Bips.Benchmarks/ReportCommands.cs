using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Bips.Benchmarks.Report;
using Bips.Benchmarks.Report.Regression;

namespace Bips.Benchmarks;

/// <summary>
/// The part of the command line that deals with results: stores, reports and compares those of a run and stored ones.
/// </summary>
internal static class ReportCommands
{
    /// <summary>Exit code of a comparison that found a figure worse; all other failures are 1.</summary>
    public const int RegressionCode = 3;

    private const string DefaultName = "report";

    private static readonly Option<FileInfo?> s_json = new("--json")
    {
        Description = "File to write all figures and the environment to.",
        Recursive = true,
    };

    private static readonly Option<DirectoryInfo?> s_report = new("--report")
    {
        Description =
            $"Directory of a machine: puts the scenarios of the run into its {ReportFiles.Results} and " +
            $"{ReportFiles.Page}.",
        Recursive = true,
    };

    private static readonly Option<DirectoryInfo?> s_plots = new("--plots")
    {
        Description = "Directory to write the run to as one HTML page with drawings; named like the --json file.",
        Recursive = true,
    };

    private static readonly Option<FileInfo?> s_compare = new("--compare")
    {
        Description =
            $"Older --json file or {ReportFiles.Results} to compare with, by ratio; the exit code is " +
            $"{RegressionCode} when a figure is worse.",
        Recursive = true,
    };

    private static readonly Option<double> s_tolerance = new("--tolerance")
    {
        Description = "Share by which medians may differ and still count as the same.",
        DefaultValueFactory = _ => ComparisonRule.DefaultTolerance,
        Recursive = true,
        CustomParser = ParseShare,
    };

    /// <summary>File of <c>name: value</c> lines that become part of the environment record.</summary>
    public static Option<FileInfo> Facts { get; } = new("--facts")
    {
        Description =
            "File of 'name: value' lines to put into the environment record, for example what is known about a board.",
        Recursive = true,
    };

    public static void AddTo(RootCommand root)
    {
        // Checked now, because the run takes minutes and could not be compared or recorded in the end.
        s_compare.Validators.Add(result => Refuse(result, () => StoredRuns.Load(result.GetRequiredValue(s_compare)!)));
        s_report.Validators.Add(result => Refuse(result, () => RefuseDirectory(result.GetRequiredValue(s_report)!)));
        Facts.AcceptExistingOnly();
        foreach (Option option in new Option[] { s_json, s_report, s_plots, s_compare, s_tolerance, Facts })
        {
            root.Add(option);
        }

        root.Add(ReportCommand());
        root.Add(CompareCommand());
    }

    /// <summary>Stores, reports and compares the results of a run as the options say.</summary>
    /// <returns>The exit code.</returns>
    public static int Finish(ParseResult result, RunReport report)
    {
        FileInfo? json = result.GetValue(s_json);
        if (json is not null)
        {
            report.Save(json);
        }

        return Conclude(result, [report], result.GetValue(s_compare), json);
    }

    private static Command ReportCommand()
    {
        var files = new Argument<FileInfo[]>("FILE")
        {
            Description = "Files that --json or --report wrote.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("report",
            "Makes reports of stored results, without measuring; in the current directory unless --report or --plots " +
            "names another.")
        {
            files,
        };
        command.SetAction(result => Try(() =>
        {
            DirectoryInfo? plots = result.GetValue(s_plots);
            DirectoryInfo? report = result.GetValue(s_report) ?? (plots is null ? new DirectoryInfo(".") : null);
            foreach (FileInfo file in result.GetRequiredValue(files))
            {
                Write(StoredRuns.Load(file), comparisons: [], report, plots, NameOf(file));
            }

            return 0;
        }));
        return command;
    }

    private static Command CompareCommand()
    {
        var before = new Argument<FileInfo>("OLD") { Description = "File that --json or --report wrote." };
        var now = new Argument<FileInfo>("NEW") { Description = "File that --json or --report wrote later." };
        var command = new Command("compare",
            $"Compares stored results by ratio; the exit code is {RegressionCode} when a figure is worse.")
        {
            before, now,
        };
        command.SetAction(result => Try(() =>
        {
            FileInfo file = result.GetRequiredValue(now);
            return Conclude(result, StoredRuns.Load(file), result.GetRequiredValue(before), file);
        }));
        return command;
    }

    private static int Conclude(ParseResult result, IReadOnlyList<RunReport> runs, FileInfo? older, FileInfo? source) =>
        Try(() =>
    {
        IReadOnlyList<RunComparison> comparisons =
            older is null ? [] : StoredRuns.Compare(StoredRuns.Load(older), runs, result.GetValue(s_tolerance));
        Write(runs, comparisons, result.GetValue(s_report), result.GetValue(s_plots), NameOf(source));
        foreach (RunComparison comparison in comparisons)
        {
            ComparisonText.Write(comparison, Console.Out);
        }

        if (older is not null && comparisons.Sum(comparison => comparison.Judged) == 0)
        {
            throw new InvalidDataException(
                $"Not one figure could be compared with '{older}'; the table says why. Measure both runs " +
                "with the same options.");
        }

        return comparisons.Any(comparison => comparison.CountOf(Verdict.Worse) > 0) ? RegressionCode : 0;
    });

    private static void Write(IReadOnlyList<RunReport> runs, IReadOnlyList<RunComparison> comparisons,
        DirectoryInfo? report,
        DirectoryInfo? plots, string name)
    {
        foreach (RunReport run in runs)
        {
            if (report is not null)
            {
                ReportFiles.Update(run, report);
            }

            if (plots is not null)
            {
                string part = runs.Count == 1 ? name : $"{name}-{string.Join('-', run.Scenarios.Keys)}";
                ReportFiles.Draw(run, comparisons, plots, part);
            }
        }
    }

    private static string NameOf(FileInfo? json) => json is null
        ? DefaultName
        : Path.GetFileNameWithoutExtension(json.Name);

    private static int Try(Func<int> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    /// <summary>Reads a file in advance and makes what is wrong with it an error of the command line.</summary>
    private static void Refuse(OptionResult result, Action load)
    {
        try
        {
            load();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            result.AddError(e.Message);
        }
    }

    private static void RefuseDirectory(DirectoryInfo directory)
    {
        FileInfo results = ReportFiles.ResultsIn(directory);
        if (results.Exists)
        {
            _ = MachineReport.Load(results);
        }
    }

    private static double ParseShare(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) &&
            share is >= 0 and < 1)
        {
            return share;
        }

        result.AddError($"A tolerance is a share from 0 to below 1, for example 0.05, not '{text}'.");
        return 0;
    }
}
