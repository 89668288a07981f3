using System.Globalization;
using System.Security.Cryptography;
using Bips.Cli.Io;
using Bips.Cli.Reporting;
using Bips.Cli.Statistics;
using Bips.Cli.Video;
using Bips.Signaler;

namespace Bips.Cli.Commands;

/// <summary>The work of <c>bips receive</c>: writes frames straight from the buffers of a pool.</summary>
internal sealed class Receiver : IJob
{
    private readonly ReceiveSettings _settings;
    private readonly Reporter _reporter;
    private readonly LatencyHistogram _latencies = new();
    private readonly IncrementalHash? _hash;
    private Consumer? _consumer;
    private string? _sha256;

    private long _frames;
    private long _lost;
    private long _bytes;
    private long _firstPull;
    private long _lastPull;
    private long _firstSequence;
    private long _lastSequence;

    public Receiver(ReceiveSettings settings, Reporter reporter)
    {
        _settings = settings;
        _reporter = reporter;
        _hash = settings.Sha256 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    }

    /// <inheritdoc/>
    public void Run(CancellationToken cancellation)
    {
        // Opened before the wait for a pool, so that a path that cannot be written is told at once.
        using DescriptorStream? output = _settings.Output is { } path ? FrameFiles.OpenOutput(path) : null;
        _consumer = Consumer.Open(_settings.Pool, OptionsFrom(_settings), cancellation);
        IFrameWriter? writer = output is null ? null : OpenWriter(output, _consumer.Pool.Format);
        using var delay = new DeadlineSleep(cancellation);
        using var held = new HeldFrames(_settings.Hold);
        try
        {
            while ((_settings.Count is not { } count || _frames < count) &&
                TryReceive(_consumer, writer, held, delay, cancellation))
            {
                // Everything is in the condition.
            }
        }
        finally
        {
            _sha256 = _hash is null ? null : Convert.ToHexStringLower(_hash.GetCurrentHash());
        }
    }

    /// <inheritdoc/>
    public JobReport Report(ReportEvent reason)
    {
        long frames = _frames;
        double seconds = (_lastPull - _firstPull) / 1e9;
        return new ReceiveReport
        {
            Event = reason,
            Pool = _settings.Pool,
            Overflow = _settings.Overflow.ToString(),
            Frames = frames,
            Lost = _lost,
            Bytes = _bytes,
            Seconds = seconds,
            FramesPerSecond = frames > 1 ? (frames - 1) / seconds : 0,
            LatencyP50Microseconds = _latencies.Percentile(0.5) / 1e3,
            LatencyP99Microseconds = _latencies.Percentile(0.99) / 1e3,
            FirstSequence = _firstSequence,
            LastSequence = _lastSequence,
            Format = _consumer?.Pool.Format,
            Sha256 = _sha256,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _consumer?.Dispose();
        _hash?.Dispose();
    }

    private static ConsumerOptions OptionsFrom(ReceiveSettings settings) => new()
    {
        Overflow = settings.Overflow,
        MaximumHeld = settings.Hold + 1,
        History = settings.History,
        WaitForPool = settings.Wait ? settings.Timeout ?? Timeout.InfiniteTimeSpan : TimeSpan.Zero,
        ProducerGrace = settings.ProducerGrace,
    };

    private IFrameWriter OpenWriter(DescriptorStream output, string format)
    {
        Y4mHeader? header = _settings.As == FrameFormat.Raw
            ? null
            : Y4mHeader.FromMediaType(format, $"pool '{_settings.Pool}'");
        if (header is not null)
        {
            return new Y4mWriter(output, header);
        }

        return _settings.As != FrameFormat.Y4m
            ? new RawWriter(output)
            : throw new ToolException(ExitCode.Failure,
                $"Pool '{_settings.Pool}' does not carry Y4M: its format '{format}' keeps no Y4M header. " +
                "Use --as raw.");
    }

    /// <returns>False at the end of the stream.</returns>
    private bool TryReceive(Consumer consumer, IFrameWriter? writer, HeldFrames held, DeadlineSleep delay,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        PullStatus status = consumer.Pull(out ReadLease lease, _settings.Timeout ?? Timeout.InfiniteTimeSpan,
            cancellation);
        if (status == PullStatus.EndOfStream)
        {
            return false;
        }

        if (status != PullStatus.Success)
        {
            throw Ended(status);
        }

        try
        {
            Handle(consumer, lease, writer, delay);
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        held.Add(lease.Store());
        return true;
    }

    private void Handle(Consumer consumer, ReadLease lease, IFrameWriter? writer, DeadlineSleep delay)
    {
        TakeNote(consumer, lease);
        _hash?.AppendData(lease.Span);
        writer?.Write(lease.Span, lease.Metadata);
        if (_settings.Delay > TimeSpan.Zero)
        {
            delay.Until(_lastPull + (long)_settings.Delay.TotalNanoseconds);
        }
    }

    private void TakeNote(Consumer consumer, ReadLease lease)
    {
        _lastPull = MonotonicClock.Nanoseconds;
        if (_frames == 0)
        {
            _firstPull = _lastPull;
            _firstSequence = (long)lease.Sequence;
        }

        long latency = _lastPull - lease.Timestamp;
        _latencies.Record(latency);
        _frames++;
        _lost = (long)consumer.Lost;
        _bytes += lease.Length;
        _lastSequence = (long)lease.Sequence;
        if (_settings.List)
        {
            _reporter.Frame(new FrameReport(ReportEvent.Frame, lease.Sequence, lease.Length, lease.Timestamp,
                latency / 1e3, lease.Flags));
        }
    }

    private ToolException Ended(PullStatus status) => status switch
    {
        PullStatus.TimedOut => new(ExitCode.TimedOut, string.Create(CultureInfo.InvariantCulture,
            $"No frame came from '{_settings.Pool}' in {_settings.Timeout!.Value.TotalSeconds:0.###} s.")),
        PullStatus.ProducerLost => new(ExitCode.ProducerLost,
            $"The producer of '{_settings.Pool}' died; every frame that it had sent was received. Start it again; " +
            "--producer-grace waits for it."),
        PullStatus.PoolReplaced => new(ExitCode.PoolReplaced,
            $"Another producer made a new pool '{_settings.Pool}'; receive again to read that."),
        PullStatus.Evicted => new(ExitCode.Evicted,
            $"The producer of '{_settings.Pool}' gave up on this consumer because it was stopped or stalled; " +
            $"receive again to go on."),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "A pull ends in no other way."),
    };
}
