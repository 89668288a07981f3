using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Bips.Benchmarks.Report;
using Bips.Benchmarks.Report.Regression;

namespace Bips.Benchmarks;

/// <summary>The part of the command line that deals with results: what becomes of those of a run, and what can be done with stored ones.</summary>
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
        Description = "Directory to write a report to, as HTML and as Markdown with its drawings; named like the --json file.",
        Recursive = true,
    };

    private static readonly Option<FileInfo?> s_compare = new("--compare")
    {
        Description = $"Older --json file to compare with, by ratio; the exit code is {RegressionCode} when a figure is worse.",
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
        Description = "File of 'name: value' lines to put into the environment record, for example what is known about a board.",
        Recursive = true,
    };

    public static void AddTo(RootCommand root)
    {
        // Before minutes are spent on a run that could not be compared, or recorded, in the end.
        s_compare.Validators.Add(RefuseWhatIsNoResult);
        Facts.AcceptExistingOnly();
        foreach (Option option in new Option[] { s_json, s_report, s_compare, s_tolerance, Facts })
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

        return Conclude(result, report, result.GetValue(s_compare), json);
    }

    private static Command ReportCommand()
    {
        var files = new Argument<FileInfo[]>("FILE") { Description = "Files that --json wrote.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("report",
            "Makes reports of stored results, without measuring; into the current directory unless --report says otherwise.")
        {
            files,
        };
        command.SetAction(result => Try(() =>
        {
            DirectoryInfo directory = result.GetValue(s_report) ?? new DirectoryInfo(".");
            foreach (FileInfo file in result.GetRequiredValue(files))
            {
                ReportFiles.Write(RunReport.Load(file), comparison: null, directory, NameOf(file));
            }

            return 0;
        }));
        return command;
    }

    private static Command CompareCommand()
    {
        var before = new Argument<FileInfo>("OLD") { Description = "File that --json wrote." };
        var now = new Argument<FileInfo>("NEW") { Description = "File that --json wrote later." };
        var command = new Command("compare", $"Compares stored results by ratio; the exit code is {RegressionCode} when a figure is worse.")
        {
            before, now,
        };
        command.SetAction(result => Try(() =>
        {
            FileInfo file = result.GetRequiredValue(now);
            return Conclude(result, RunReport.Load(file), result.GetRequiredValue(before), file);
        }));
        return command;
    }

    private static int Conclude(ParseResult result, RunReport report, FileInfo? older, FileInfo? source) => Try(() =>
    {
        RunComparison? comparison = older is null ? null : RunComparison.Of(RunReport.Load(older), report, result.GetValue(s_tolerance));
        if (result.GetValue(s_report) is { } directory)
        {
            ReportFiles.Write(report, comparison, directory, NameOf(source));
        }

        if (comparison is null)
        {
            return 0;
        }

        ComparisonText.Write(comparison, Console.Out);
        if (comparison.Judged == 0)
        {
            throw new InvalidDataException($"Not one figure could be compared with '{older}'; the table says why. Measure both runs " +
                "with the same options.");
        }

        return comparison.CountOf(Verdict.Worse) > 0 ? RegressionCode : 0;
    });

    private static string NameOf(FileInfo? json) => json is null ? DefaultName : Path.GetFileNameWithoutExtension(json.Name);

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

    private static void RefuseWhatIsNoResult(OptionResult result)
    {
        try
        {
            _ = RunReport.Load(result.GetRequiredValue(s_compare)!);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            result.AddError(e.Message);
        }
    }

    private static double ParseShare(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is >= 0 and < 1)
        {
            return share;
        }

        result.AddError($"A tolerance is a share from 0 to below 1, for example 0.05, not '{text}'.");
        return 0;
    }
}
