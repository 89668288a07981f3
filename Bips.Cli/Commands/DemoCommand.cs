using System.CommandLine;
using Bips.Cli.Demonstration;
using Bips.Cli.Reporting;
using Spectre.Console;

namespace Bips.Cli.Commands;

/// <summary>The command line of <c>bips demo</c>.</summary>
internal sealed class DemoCommand
{
    private static readonly TimeSpan s_defaultDuration = TimeSpan.FromSeconds(10);
    private const double DefaultRate = 30;

    private readonly Option<string?> _input = new("--input", "-i")
    {
        HelpName = "FILE",
        Description = "A video file that ffmpeg can read [default: a clip that the demo encodes first]",
    };

    private readonly Option<TimeSpan?> _seconds = OptionKinds.Time("--seconds", "SECONDS",
        "How long to play at most [default: 10]",
        TimeSpan.FromSeconds(1));

    private readonly Option<double?> _rate = OptionKinds.Rate(
        "--rate", "FPS", "Frames per second [default: 30]", isLimited: true);

    private readonly OutputOptions _output = new();

    public static Command Create()
    {
        var definition = new DemoCommand();
        var command = new Command("demo",
            "Play real video from one producer process to three consumer processes, and prove that nothing was " +
            "copied or lost unseen")
        {
            definition._input, definition._seconds, definition._rate,
        };
        definition._output.AddTo(command);
        command.SetAction(definition.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        OutputSettings output = _output.Read(parsed);
        bool drawsTable = output is { Quiet: false, Json: false, Progress: ProgressKind.Auto } &&
            !Console.IsOutputRedirected;

        // The display is the progress; a line that changes would disturb it.
        var reporter = Reporter.ForConsole(output.Progress == ProgressKind.Auto
            ? output with { Progress = ProgressKind.None }
            : output);
        IDemoDisplay display = drawsTable ? new TableDisplay(AnsiConsole.Console) : new LineDisplay(reporter);
        var settings = new DemoSettings(parsed.GetValue(_input),
            (parsed.GetValue(_seconds) ?? s_defaultDuration).TotalSeconds,
            OptionKinds.RateOf(parsed, _rate) ?? DefaultRate);
        return JobRunner.Run(new Demo(settings, reporter, display), reporter);
    }
}
