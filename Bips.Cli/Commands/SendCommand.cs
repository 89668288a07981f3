using System.CommandLine;
using Bips.Cli.Io;
using Bips.Cli.Reporting;

namespace Bips.Cli.Commands;

/// <summary>The command line of <c>bips send</c>.</summary>
internal sealed class SendCommand
{
    private const int DefaultBuffers = 8;
    private const int DefaultHistory = 1;
    private const int MostBuffers = 4096;
    private const int MostConsumers = 64;

    private readonly Argument<string> _pool = OptionKinds.PoolName();

    private readonly Option<string> _input = new("--input", "-i")
    {
        HelpName = "FILE|-",
        Description = "Y4M, or raw frames with --frame-size [default: -, the standard input]",
    };

    private readonly Option<int?> _frameSize = OptionKinds.Integer("--frame-size", "BYTES",
        "The input is raw frames of this size, without anything in between", 1, int.MaxValue);

    private readonly Option<string?> _format = new("--format")
    {
        HelpName = "MEDIA-TYPE",
        Description =
            "With --frame-size: what consumers are told that the frames are [default: application/octet-stream]",
    };

    private readonly Option<int?> _buffers = OptionKinds.Integer("--buffers", "N",
        "Buffers in the pool: more than 1 + history + what consumers that may lose frames hold [default: 8]", 2,
        MostBuffers);

    private readonly Option<int?> _history = OptionKinds.Integer("--history", "N",
        "Newest frames that a consumer gets which joins late [default: 1]", 0, MostBuffers);

    private readonly Option<double?> _rate = OptionKinds.Rate("--rate", "FPS|max",
        "Frames per second; max is as fast as the input comes and blocking consumers allow [default: max]",
        isLimited: false);

    private readonly Option<bool> _loop = new("--loop")
    {
        Description = "Start again at the end of the input, which must be a file",
    };

    private readonly Option<long?> _count = OptionKinds.Count("--count", "N", "Send this many frames at most");

    private readonly Option<int?> _waitConsumers = OptionKinds.Integer("--wait-consumers", "N",
        "Send the first frame when this many consumers are attached [default: 0]", 0, MostConsumers);

    private readonly Option<TimeSpan?> _blockTimeout = OptionKinds.Time("--block-timeout", "SECONDS",
        "Give up when consumers leave no buffer free for this long [default: never]", TimeSpan.FromSeconds(1));

    private readonly OutputOptions _output = new();

    public static Command Create()
    {
        var definition = new SendCommand();
        var command = new Command("send", "Publish Y4M video or raw frames in a pool, read straight into its buffers")
        {
            definition._pool, definition._input, definition._frameSize, definition._format, definition._buffers,
            definition._history, definition._rate, definition._loop, definition._count, definition._waitConsumers,
            definition._blockTimeout,
        };
        definition._output.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(definition._format) is not null && result.GetValue(definition._frameSize) is null)
            {
                result.AddError("--format goes with --frame-size; Y4M says itself what it is.");
            }
        });
        command.SetAction(definition.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var settings = new SendSettings
        {
            Pool = parsed.GetRequiredValue(_pool),
            Input = parsed.GetValue(_input) ?? FrameFiles.Standard,
            FrameSize = parsed.GetValue(_frameSize),
            Format = parsed.GetValue(_format),
            Buffers = parsed.GetValue(_buffers) ?? DefaultBuffers,
            History = parsed.GetValue(_history) ?? DefaultHistory,
            Rate = OptionKinds.RateOf(parsed, _rate),
            Loop = parsed.GetValue(_loop),
            Count = parsed.GetValue(_count),
            WaitConsumers = parsed.GetValue(_waitConsumers) ?? 0,
            BlockTimeout = parsed.GetValue(_blockTimeout),
        };
        var reporter = Reporter.ForConsole(_output.Read(parsed));
        return JobRunner.Run(new Sender(settings, reporter), reporter);
    }
}
