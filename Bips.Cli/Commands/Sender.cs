using System.Globalization;
using Bips.Cli.Io;
using Bips.Cli.Reporting;
using Bips.Cli.Statistics;
using Bips.Cli.Video;
using Bips.Signaler;

namespace Bips.Cli.Commands;

/// <summary>The work of <c>bips send</c>: reads frames straight into the buffers of a pool.</summary>
internal sealed class Sender : IJob
{
    /// <summary>
    /// The protocol has no signal for a consumer that joins, so the sender looks now and then.
    /// </summary>
    private static readonly TimeSpan s_joinCheckPeriod = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a stream that failed before it began waits for its consumers, to tell them.</summary>
    private static readonly TimeSpan s_failureNotice = TimeSpan.FromSeconds(10);

    private const long ConsumerCheckNanoseconds = 200_000_000;
    private const int DefaultMaximumConsumers = 16;

    private readonly SendSettings _settings;
    private readonly Reporter _reporter;
    private readonly Lock _gate = new();
    private Producer? _producer;
    private bool _disposed;

    private long _frames;
    private long _bytes;
    private long _firstPush;
    private long _lastPush;
    private long _lastConsumerCheck;
    private IReadOnlyList<ConsumerStatus> _consumers = [];

    public Sender(SendSettings settings, Reporter reporter)
    {
        _settings = settings;
        _reporter = reporter;
    }

    /// <inheritdoc/>
    public void Run(CancellationToken cancellation)
    {
        using DescriptorStream input = FrameFiles.OpenInput(_settings.Input);
        if (_settings.Loop && !input.CanSeek)
        {
            throw new ToolException(ExitCode.Usage,
                $"--loop goes back to the start of its input, and {FrameFiles.InputName(_settings.Input)} is a " +
                $"pipe; name a file.");
        }

        IFrameReader reader = OpenReader(input, cancellation);
        Producer producer = Create(reader.Format, reader.FrameSize, reader.MetadataSize, _settings.Buffers,
            _settings.History);
        WaitForConsumers(producer, Deadline.Never, cancellation);
        using FramePacer? pacer = _settings.Rate is { } rate ? new FramePacer(rate, cancellation) : null;
        Pump(reader, producer, pacer, cancellation);
    }

    /// <inheritdoc/>
    public JobReport Report(ReportEvent reason)
    {
        long frames = _frames;
        double seconds = (_lastPush - _firstPush) / 1e9;
        return new SendReport
        {
            Event = reason,
            Pool = _settings.Pool,
            Frames = frames,
            Bytes = _bytes,
            Seconds = seconds,
            FramesPerSecond = frames > 1 ? (frames - 1) / seconds : 0,
            Format = _producer?.Pool.Format,
            Consumers = [.. _consumers.Select(ConsumerReport.Of)],
        };
    }

    /// <summary>
    /// Ends the stream: consumers get what was sent, then its end. Nothing is left in the file system.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _producer?.Dispose();
        }
    }

    private IFrameReader OpenReader(DescriptorStream input, CancellationToken cancellation)
    {
        string source = FrameFiles.InputName(_settings.Input);
        try
        {
            return _settings.FrameSize is { } size
                ? new RawReader(input, source, size, _settings.Format)
                : new Y4mReader(input, source);
        }
        catch (ToolException e) when (e.Code == ExitCode.BadInput && _settings.WaitConsumers > 0)
        {
            TellConsumersOfNothing(e.Message, cancellation);
            throw;
        }
    }

    /// <summary>
    /// Tells whoever waits for the pool that no stream will come: makes a pool of the smallest size and ends it at
    /// once.
    /// </summary>
    private void TellConsumersOfNothing(string problem, CancellationToken cancellation)
    {
        _reporter.Note(problem);
        Producer producer = Create(RawReader.DefaultFormat, frameSize: 1, metadataSize: 0, buffers: 2, history: 0);
        WaitForConsumers(producer, Deadline.After(s_failureNotice), cancellation);
    }

    private Producer Create(string format, int frameSize, int metadataSize, int buffers, int history)
    {
        var options = new PoolOptions
        {
            BufferSize = frameSize,
            BufferCount = buffers,
            History = history,
            MetadataSize = metadataSize,
            Format = format,
            MaximumConsumers = Math.Max(DefaultMaximumConsumers, _settings.WaitConsumers),
        };
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _producer = Producer.Create(_settings.Pool, options);
        }
    }

    private void WaitForConsumers(Producer producer, Deadline deadline, CancellationToken cancellation)
    {
        int known = -1;
        while (true)
        {
            _consumers = producer.Consumers();
            if (_consumers.Count >= _settings.WaitConsumers || deadline.HasPassed)
            {
                return;
            }

            if (_consumers.Count != known)
            {
                known = _consumers.Count;
                _reporter.Note(string.Create(CultureInfo.InvariantCulture,
                    $"waiting for consumers of '{_settings.Pool}': {known} of {_settings.WaitConsumers}"));
            }

            cancellation.WaitHandle.WaitOne(s_joinCheckPeriod);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private void Pump(IFrameReader reader, Producer producer, FramePacer? pacer, CancellationToken cancellation)
    {
        while (_settings.Count is not { } count || _frames < count)
        {
            cancellation.ThrowIfCancellationRequested();
            if (reader.TryBegin() && TrySendFrame(reader, producer, pacer, cancellation))
            {
                CheckConsumers(producer);
            }
            else if (_settings.Loop)
            {
                reader.Rewind();
            }
            else
            {
                break;
            }
        }

        _consumers = producer.Consumers();
    }

    private bool TrySendFrame(IFrameReader reader, Producer producer, FramePacer? pacer, CancellationToken cancellation)
    {
        if (producer.Pull(out WriteLease lease, _settings.BlockTimeout ?? Timeout.InfiniteTimeSpan, cancellation) ==
            PullStatus.TimedOut)
        {
            throw Blocked(producer);
        }

        using (lease)
        {
            if (!reader.TryFill(lease.Span, lease.Metadata))
            {
                return false;
            }

            pacer?.WaitForTurn();
            lease.Push(reader.FrameSize);
        }

        _lastPush = MonotonicClock.Nanoseconds;
        if (_frames == 0)
        {
            _firstPush = _lastPush;
        }

        _bytes += reader.FrameSize;
        _frames++;
        return true;
    }

    /// <summary>Looks at the consumers for whoever watches. Only the thread that pulls may do so.</summary>
    private void CheckConsumers(Producer producer)
    {
        if (_reporter.ShowsProgress && _lastPush - _lastConsumerCheck > ConsumerCheckNanoseconds)
        {
            _consumers = producer.Consumers();
            _lastConsumerCheck = _lastPush;
        }
    }

    private ToolException Blocked(Producer producer)
    {
        _consumers = producer.Consumers();
        string who = string.Join("; ", _consumers.Select(consumer => string.Create(CultureInfo.InvariantCulture,
            $"process {consumer.ProcessId} ({ConsumerReport.Of(consumer).Overflow}) lags {consumer.Lag} frames and " +
            $"holds {consumer.Held}")));
        return new ToolException(ExitCode.TimedOut, string.Create(CultureInfo.InvariantCulture,
            $"No buffer of '{_settings.Pool}' became free in {_settings.BlockTimeout!.Value.TotalSeconds:0.###} s: " +
            $"{who}."));
    }
}
