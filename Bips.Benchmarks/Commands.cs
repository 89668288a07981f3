using System.CommandLine;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Micro;
using Bips.Benchmarks.Report;
using Bips.Benchmarks.Report.Facts;
using Bips.Benchmarks.Scenarios;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks;

/// <summary>The command line.</summary>
internal static class Commands
{
    private const int DefaultRepetitions = 5;
    private const int QuickRepetitions = 3;
    private const string MicroDescription =
        "Single-process costs with BenchmarkDotNet: an exchange per policy, a push per number of consumers.";

    private static readonly IReadOnlyList<IScenario> s_scenarios =
    [
        new LimitsScenario(), new LatencyScenario(), new WakeScenario(), new ThroughputScenario(), new ScaleScenario(),
        new FramesScenario(),
        new CpuScenario(), new AlternativesScenario(), new PublishedScenario(), new QuestionsScenario(),
    ];

    private static readonly Option<bool> s_quick = new("--quick")
    {
        Description =
            $"Short measurements and {QuickRepetitions} repetitions: minutes become seconds, and the spread grows.",
        Recursive = true,
    };

    private static readonly Option<int?> s_repetitions = new("--repetitions")
    {
        Description =
            $"How often each trial is repeated with new processes; {DefaultRepetitions} unless said otherwise.",
        Recursive = true,
    };

    private static readonly Option<int?> s_milliseconds = new("--milliseconds")
    {
        Description =
            "How long each section is warmed up and measured; for trying out whether a scenario runs, too short to " +
            "trust.",
        Recursive = true,
    };

    private static readonly Option<int[]> s_processors = new("--cpus")
    {
        Description =
            "Processors to pin the processes to, in order: producer first. All that this process may use by default.",
        AllowMultipleArgumentsPerToken = true,
        Recursive = true,
    };

    public static RootCommand Root()
    {
        var root = new RootCommand("Measures Bips beside the limits of the machine, in the same run.")
        {
            s_quick, s_repetitions, s_milliseconds, s_processors,
        };
        foreach (IScenario scenario in s_scenarios)
        {
            var command = new Command(scenario.Name, scenario.Description);
            command.SetAction(result => Measure([scenario], result));
            root.Add(command);
        }

        root.Add(MicroCommand());
        root.Add(AllCommand());
        root.Add(RoleCommand());
        ReportCommands.AddTo(root);
        return root;
    }

    private static Command MicroCommand()
    {
        var command = new Command(MicroFigures.Scenario, MicroDescription);
        command.SetAction(result => Measure([], result, withMicro: true));
        return command;
    }

    private static Command AllCommand()
    {
        var command = new Command("all", "Everything.");
        command.SetAction(result => Measure(s_scenarios, result, withMicro: true));
        return command;
    }

    /// <summary>What the harness starts its processes with.</summary>
    private static Command RoleCommand()
    {
        var role = new Argument<string>("role");
        var words = new Argument<string[]>("words");
        var command = new Command(StationProcess.Command) { role, words };
        command.Hidden = true;
        command.SetAction(result => Roles.Perform(result.GetRequiredValue(role), result.GetRequiredValue(words)));
        return command;
    }

    private static int Measure(IReadOnlyList<IScenario> scenarios, ParseResult result, bool withMicro = false)
    {
        RunSettings settings = SettingsOf(result);
        if (TrialDirectory.RemoveAbandoned() is > 0 and int removed)
        {
            Console.Error.WriteLine(
                $"removed the shared memory of {removed} trial{(removed == 1 ? "" : "s")} whose harness was killed");
        }

        var environment = EnvironmentRecord.Begin(settings, new SystemFiles(), result.GetValue(ReportCommands.Facts));
        foreach ((string name, string value) in environment.Facts)
        {
            Console.WriteLine($"{name,-24}{value}");
        }

        Console.WriteLine(
            $"repetitions             {settings.Repetitions}; each cell is their median [smallest..largest]");
        var runner = new TrialRunner(settings, Console.Error);
        var figures = new List<Figure>();
        var descriptions = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (IScenario scenario in scenarios)
        {
            Show(scenario.Name, scenario.Description, scenario.Run(runner));
        }

        bool isComplete = true;
        if (withMicro)
        {
            isComplete = MicroRun.Run(settings.IsQuick, out IReadOnlyList<Figure> found);
            Show(MicroFigures.Scenario, MicroDescription, found);
        }

        var report = new RunReport
        {
            Environment = environment.Complete(),
            Settings = settings,
            Scenarios = descriptions,
            Figures = figures,
        };
        return isComplete ? ReportCommands.Finish(result, report) : 1;

        void Show(string scenario, string description, IEnumerable<Figure> measured)
        {
            Figure[] found = [.. measured];
            Console.WriteLine($"\n## {scenario}\n");
            FigureTable.Write(found, Console.Out);
            figures.AddRange(found);
            descriptions[scenario] = description;
        }
    }

    private static RunSettings SettingsOf(ParseResult result)
    {
        bool isQuick = result.GetValue(s_quick);
        return new RunSettings(isQuick,
            result.GetValue(s_repetitions) ?? (isQuick ? QuickRepetitions : DefaultRepetitions),
            result.GetValue(s_processors) is { Length: > 0 } chosen ? chosen : Processors.Allowed())
        {
            SectionMilliseconds = result.GetValue(s_milliseconds),
        };
    }
}
