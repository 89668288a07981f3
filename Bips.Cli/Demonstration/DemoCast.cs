using System.Globalization;
using Bips.Cli.Reporting;
using Bips.Processes;

namespace Bips.Cli.Demonstration;

/// <summary>The processes of the demo: a decoder, a producer and three consumers.</summary>
internal sealed class DemoCast : IDisposable
{
    /// <summary>How long the slow consumer keeps each frame: far longer than the next one takes to come.</summary>
    private const int SlowMilliseconds = 120;

    /// <summary>How long a process may take to clean up after SIGTERM.</summary>
    private static readonly TimeSpan s_cleanUp = TimeSpan.FromSeconds(3);

    private readonly string _pool;
    private readonly List<(ChildProcess Process, ProcessorMeter Meter)> _processes = [];
    private readonly List<ToolProcess<ReceiveReport>> _consumers = [];

    /// <summary>Starts all but the decoder. The producer waits for one consumer more than this starts.</summary>
    public DemoCast(string pool, string input, DemoSettings settings)
    {
        _pool = pool;
        try
        {
            AddConsumer("block");
            AddConsumer("latest:1");
            AddConsumer("drop-oldest", "--delay", SlowMilliseconds.ToString(CultureInfo.InvariantCulture));
            Producer = new ToolProcess<SendReport>("send", ReportJson.Default.SendReport, "send", pool, "--input",
                input, "--rate",
                settings.Rate.ToString(CultureInfo.InvariantCulture), "--wait-consumers",
                (_consumers.Count + 1).ToString(CultureInfo.InvariantCulture));
            Add(Producer.Process);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ToolProcess<SendReport> Producer { get; }

    public IReadOnlyList<ToolProcess<ReceiveReport>> Consumers => _consumers;

    /// <summary>Whether all have ended.</summary>
    public bool IsOver => _processes.TrueForAll(static one => one.Process.HasExited);

    /// <summary>Takes a process over that ends with the others.</summary>
    public void Add(ChildProcess process) => _processes.Add((process, new ProcessorMeter(process)));

    /// <summary>Fails when one of them has failed; the others would wait for it in vain.</summary>
    public void ThrowIfFailed()
    {
        foreach ((ChildProcess process, _) in _processes)
        {
            if (process.HasExited && process.ExitCode != 0)
            {
                int code = process.WaitForExit(Timeout.InfiniteTimeSpan);
                throw new ToolException(ExitCode.Failure, process.Message($"ended with exit code {code}"));
            }
        }
    }

    /// <summary>Waits for the last line of each.</summary>
    public void WaitForEnd(CancellationToken cancellation)
    {
        foreach ((ChildProcess process, _) in _processes)
        {
            process.WaitForExit(Timeout.InfiniteTimeSpan, cancellation);
        }

        ThrowIfFailed();
    }

    public ProofReport? TryProveSharedPages() =>
        SharedPages.TryProve(_pool, Producer.Process.Id,
            [.. _consumers.Select(static consumer => consumer.Process.Id)]);

    public IReadOnlyList<DemoRow> Look()
    {
        IReadOnlyList<ConsumerReport> lanes = Producer.Latest?.Consumers ?? [];
        return [.. _processes.Select(one => Describe(one.Process, one.Meter.Share(), lanes))];
    }

    public void Dispose()
    {
        foreach ((ChildProcess process, _) in _processes)
        {
            process.Terminate(s_cleanUp);
            process.Dispose();
        }
    }

    private void AddConsumer(string overflow, params string[] more)
    {
        var consumer = new ToolProcess<ReceiveReport>(overflow, ReportJson.Default.ReceiveReport,
            ["receive", _pool, "--wait", "--sha256", "--overflow", overflow, .. more]);
        _consumers.Add(consumer);
        Add(consumer.Process);
    }

    private DemoRow Describe(ChildProcess process, double share, IReadOnlyList<ConsumerReport> lanes)
    {
        if (process == Producer.Process)
        {
            return new DemoRow(process.Name, process.Id, Producer.Latest?.Frames ?? 0, null, null,
                Producer.Latest?.FramesPerSecond ?? 0, null, null, share);
        }

        if (_consumers.Find(one => one.Process == process) is not { } consumer)
        {
            return new DemoRow(process.Name, process.Id, null, null, null, null, null, null, share);
        }

        ConsumerReport? lane = process.HasExited ? null : lanes.FirstOrDefault(one => one.ProcessId == process.Id);
        return new DemoRow(process.Name, process.Id, consumer.Latest?.Frames ?? 0, consumer.Latest?.Lost, lane?.Lag,
            consumer.Latest?.FramesPerSecond ?? 0, consumer.Latest?.LatencyP50Microseconds,
            consumer.Latest?.LatencyP99Microseconds, share);
    }
}
