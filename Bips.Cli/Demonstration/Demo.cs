using System.Globalization;
using Bips.Cli.Commands;
using Bips.Cli.Reporting;
using Bips.Signaler;

namespace Bips.Cli.Demonstration;

/// <summary>
/// The work of <c>bips demo</c>: real video through a real pool between real processes, and proofs of what is promised.
/// </summary>
internal sealed class Demo : IJob
{
    private static readonly TimeSpan s_lookPeriod = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_gatePatience = TimeSpan.FromSeconds(30);

    private readonly DemoSettings _settings;
    private readonly Reporter _reporter;
    private readonly IDemoDisplay _display;
    private readonly string _pool = string.Create(CultureInfo.InvariantCulture, $"bips-demo-{Environment.ProcessId}");
    private DemoWorkspace? _workspace;
    private DemoCast? _cast;
    private IReadOnlyList<ProofReport> _proofs = [];
    private ProofReport? _sharedPages;

    public Demo(DemoSettings settings, Reporter reporter, IDemoDisplay display)
    {
        _settings = settings;
        _reporter = reporter;
        _display = display;
    }

    /// <inheritdoc/>
    public void Run(CancellationToken cancellation)
    {
        var ffmpeg = Ffmpeg.Find();
        _workspace = new DemoWorkspace();
        string input = ChooseInput(ffmpeg, _workspace, cancellation);
        string pipe = _workspace.MakePipe();
        _cast = new DemoCast(_pool, pipe, _settings);
        _cast.Add(ffmpeg.StartDecoding(input, _settings, pipe));
        Play(_cast, cancellation);
        _reporter.Note("decoding a second time, to compare");
        DecodedVideo source = ffmpeg.HashDecoded(input, _settings, cancellation);
        _proofs = Verdict.Judge(source, ResultOf(_cast.Producer), [.. _cast.Consumers.Select(ResultOf)], _sharedPages);
        if (_proofs.Any(static proof => !proof.Holds))
        {
            throw new ToolException(ExitCode.Failure, "The verdict is negative.");
        }
    }

    /// <inheritdoc/>
    public JobReport Report(ReportEvent reason) => new DemoReport
    {
        Event = reason,
        Pool = _pool,
        Proofs = _proofs,
        Producer = _cast?.Producer.Latest,
        Consumers = _cast is null
        ? []
        : [.. _cast.Consumers.Select(static consumer => consumer.Latest).OfType<ReceiveReport>()],
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _cast?.Dispose();
        _workspace?.Dispose();
    }

    private static TReport ResultOf<TReport>(ToolProcess<TReport> process)
        where TReport : JobReport => process.Result ?? throw new ToolException(ExitCode.Failure,
            process.Process.Message("ended without a result"));

    private string ChooseInput(Ffmpeg ffmpeg, DemoWorkspace workspace, CancellationToken cancellation)
    {
        if (_settings.Input is { } input)
        {
            return File.Exists(input) ? input : throw ToolException.BadInput($"There is no '{input}'.");
        }

        _reporter.Note(string.Create(CultureInfo.InvariantCulture,
            $"encoding a clip of {_settings.Seconds} s with ffmpeg"));
        string encoder = ffmpeg.EncodeClip(workspace.Clip, _settings, cancellation);
        _reporter.Note($"playing the {encoder} clip: ffmpeg -> bips send -> 3 x bips receive");
        return workspace.Clip;
    }

    private void Play(DemoCast cast, CancellationToken cancellation) => _display.Show(show =>
    {
        using (Consumer? gate = OpenGate(cast, cancellation))
        {
            while (!cast.IsOver && !(cast.Producer.Latest is { Frames: > 0 }))
            {
                Look(cast, show, cancellation);
            }
        }

        while (!cast.IsOver)
        {
            Look(cast, show, cancellation);
        }

        cast.WaitForEnd(cancellation);
        show(cast.Look());
    });

    /// <summary>
    /// The producer sends nothing until this process is attached, too. This process attaches once it has seen the pages
    /// of all the others. It takes no frames and may lose all, so nobody waits for it.
    /// </summary>
    /// <returns>Null when a process has ended before.</returns>
    private Consumer? OpenGate(DemoCast cast, CancellationToken cancellation)
    {
        Deadline deadline = Deadline.After(s_gatePatience);
        while ((_sharedPages = cast.TryProveSharedPages()) is null)
        {
            cast.ThrowIfFailed();
            if (deadline.HasPassed)
            {
                throw new ToolException(ExitCode.TimedOut, string.Create(CultureInfo.InvariantCulture,
                    $"The processes were not all attached after {s_gatePatience.TotalSeconds:0} s."));
            }

            Pause(cancellation);
        }

        return Consumer.Open(_pool, new ConsumerOptions { Overflow = OverflowPolicy.Latest() }, cancellation);
    }

    private void Look(DemoCast cast, Action<IReadOnlyList<DemoRow>> show, CancellationToken cancellation)
    {
        cast.ThrowIfFailed();
        _sharedPages = cast.TryProveSharedPages() ?? _sharedPages;
        show(cast.Look());
        Pause(cancellation);
    }

    private static void Pause(CancellationToken cancellation)
    {
        cancellation.WaitHandle.WaitOne(s_lookPeriod);
        cancellation.ThrowIfCancellationRequested();
    }
}
