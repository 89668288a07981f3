using System.CommandLine;
using Bips.Cli.Io;
using Bips.Cli.Reporting;

namespace Bips.Cli.Commands;

/// <summary>The command line of <c>bips receive</c>.</summary>
internal sealed class ReceiveCommand
{
    private const int MostBuffers = 4096;

    private readonly Argument<string> _pool = OptionKinds.PoolName();

    private readonly Option<string?> _outputFile = new("--output", "-o")
    {
        HelpName = "FILE|-",
        Description = "Write the frames; without it they are only counted",
    };

    private readonly Option<FrameFormat?> _as = OptionKinds.Choice("--as",
        "How to write them [default: y4m if the pool carries Y4M, otherwise raw]", ("y4m", FrameFormat.Y4m),
        ("raw", FrameFormat.Raw));

    private readonly Option<OverflowPolicy> _overflow =
        OptionKinds.Overflow("--overflow", "block|drop-oldest|latest[:DEPTH]",
        "What happens when this consumer is slow: the producer waits, the oldest frames are lost, or each pull takes " +
        "one of the DEPTH newest [default: block]");

    private readonly Option<int?> _hold = OptionKinds.Integer("--hold", "N",
        "Keep the last N frames leased [default: 0]", 0,
        MostBuffers);

    private readonly Option<long?> _count = OptionKinds.Count("--count", "N", "End after this many frames");

    private readonly Option<int?> _history = OptionKinds.Integer("--history", "N",
        "How many frames from before the attach are wanted at most [default: all that the pool keeps]", 0, MostBuffers);

    private readonly Option<TimeSpan?> _timeout = OptionKinds.Time("--timeout", "SECONDS",
        "Give up when no frame comes for this long (with --wait: or no pool) [default: never]",
        TimeSpan.FromSeconds(1));

    private readonly Option<bool> _wait = new("--wait", "-w")
    {
        Description = "Wait for the pool if it is not there",
    };

    private readonly Option<TimeSpan?> _producerGrace = OptionKinds.Time("--producer-grace", "SECONDS",
        "When the producer dies, wait this long for another to take over [default: 0]", TimeSpan.FromSeconds(1));

    private readonly Option<bool> _sha256 = new("--sha256")
    {
        Description = "Report the SHA-256 of all payload",
    };

    private readonly Option<TimeSpan?> _delay = OptionKinds.Time("--delay", "MS",
        "Keep each frame for this long before giving it back: be a slow consumer [default: 0]",
        TimeSpan.FromMilliseconds(1));

    private readonly Option<bool> _list = new("--list")
    {
        Description = "Report every frame in a line of its own",
    };

    private readonly OutputOptions _output = new();

    public static Command Create()
    {
        var definition = new ReceiveCommand();
        var command = new Command("receive", "Read the frames of a pool in place, and write, hash or count them")
        {
            definition._pool, definition._outputFile, definition._as, definition._overflow, definition._hold,
            definition._count,
            definition._history, definition._timeout, definition._wait, definition._producerGrace, definition._sha256,
            definition._delay, definition._list,
        };
        definition._output.AddTo(command);
        command.SetAction(definition.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var settings = new ReceiveSettings
        {
            Pool = parsed.GetRequiredValue(_pool),
            Output = parsed.GetValue(_outputFile),
            As = parsed.GetValue(_as),
            Overflow = parsed.GetValue(_overflow),
            Hold = parsed.GetValue(_hold) ?? 0,
            Count = parsed.GetValue(_count),
            History = parsed.GetValue(_history),
            Timeout = parsed.GetValue(_timeout),
            Wait = parsed.GetValue(_wait),
            ProducerGrace = parsed.GetValue(_producerGrace) ?? TimeSpan.Zero,
            Sha256 = parsed.GetValue(_sha256),
            Delay = parsed.GetValue(_delay) ?? TimeSpan.Zero,
            List = parsed.GetValue(_list),
        };
        var reporter = Reporter.ForConsole(_output.Read(parsed, settings.Output is FrameFiles.Standard));
        return JobRunner.Run(new Receiver(settings, reporter), reporter);
    }
}
