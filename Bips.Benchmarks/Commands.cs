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

    private static readonly IReadOnlyList<IScenario> s_scenarios =
        [new LatencyScenario(), new WakeScenario(), new ThroughputScenario(), new ScaleScenario(), new FramesScenario(), new CpuScenario()];

    private static readonly Option<bool> s_quick = new("--quick")
    {
        Description = $"Short measurements and {QuickRepetitions} repetitions: minutes become seconds, and the spread grows.",
        Recursive = true,
    };

    private static readonly Option<int?> s_repetitions = new("--repetitions")
    {
        Description = $"How often each trial is repeated with new processes; {DefaultRepetitions} unless said otherwise.",
        Recursive = true,
    };

    private static readonly Option<int[]> s_processors = new("--cpus")
    {
        Description = "Processors to pin the processes to, in order: producer first. All that this process may use by default.",
        AllowMultipleArgumentsPerToken = true,
        Recursive = true,
    };

    public static RootCommand Root()
    {
        var root = new RootCommand("Measures Bips beside the limits of the machine, in the same run.")
        {
            s_quick, s_repetitions, s_processors,
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
        var command = new Command("micro", "Single-process costs with BenchmarkDotNet: an exchange per policy, a push per number of consumers.");
        command.SetAction(result => MicroRun.Run(result.GetValue(s_quick)) ? 0 : 1);
        return command;
    }

    private static Command AllCommand()
    {
        var command = new Command("all", "Everything.");
        command.SetAction(result => Measure(s_scenarios, result) | (MicroRun.Run(result.GetValue(s_quick)) ? 0 : 1));
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

    private static int Measure(IReadOnlyList<IScenario> scenarios, ParseResult result)
    {
        bool isQuick = result.GetValue(s_quick);
        var settings = new RunSettings(isQuick,
            result.GetValue(s_repetitions) ?? (isQuick ? QuickRepetitions : DefaultRepetitions),
            result.GetValue(s_processors) is { Length: > 0 } chosen ? chosen : Processors.Allowed());
        var environment = EnvironmentRecord.Begin(settings, new SystemFiles(), result.GetValue(ReportCommands.Facts));
        foreach ((string name, string value) in environment.Facts)
        {
            Console.WriteLine($"{name,-18}{value}");
        }

        Console.WriteLine($"repetitions       {settings.Repetitions}; each cell is their median [smallest..largest]");
        var runner = new TrialRunner(settings, Console.Error);
        var figures = new List<Figure>();
        foreach (IScenario scenario in scenarios)
        {
            Figure[] found = [.. scenario.Run(runner)];
            Console.WriteLine($"\n## {scenario.Name}\n");
            FigureTable.Write(found, Console.Out);
            figures.AddRange(found);
        }

        return ReportCommands.Finish(result, new RunReport
        {
            Environment = environment.Complete(),
            Settings = settings,
            Scenarios = new(scenarios.Select(scenario => KeyValuePair.Create(scenario.Name, scenario.Description)), StringComparer.Ordinal),
            Figures = figures,
        });
    }
}
