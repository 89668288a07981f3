using System.Diagnostics;
using System.Globalization;

namespace Bips.Tests.Actor;

/// <summary>What one test process has open, and the commands that it understands.</summary>
public sealed class Stage : IDisposable
{
    /// <summary>Turns of a spin loop, enough that the other side sometimes runs out of frames or buffers.</summary>
    private const int LongestPause = 300;

    private readonly Queue<StoredReadLease> _leases = new();
    private readonly List<LaneEviction> _evictions = [];
    private Feeder? _feeder;
    private Gatherer? _gatherer;
    private Idlers? _idlers;
    private Producer? _producer;
    private Consumer? _consumer;

    private Producer Producer => _producer ?? throw new InvalidOperationException("create first");

    private Consumer Consumer => _consumer ?? throw new InvalidOperationException("open first");

    /// <returns>"ok ...", a <see cref="PullStatus"/>, or "error ...".</returns>
    public string Perform(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var arguments = new Arguments(words.Skip(1));
        try
        {
            return words[0] switch
            {
                "create" => Create(arguments),
                "send" => Send(arguments),
                "pull-buffer" => PullBuffer(arguments),
                "close-producer" => CloseProducer(),
                "open" => Open(arguments),
                "pull" => Pull(arguments),
                "push" => Push(),
                "check-held" => CheckHeld(),
                "receive" => Receive(arguments),
                "close-consumer" => CloseConsumer(),
                "evictions" => Evictions(),
                "feed-create" => Feed(arguments),
                "feed" => _feeder?.Run(arguments) ?? "error feed-create first",
                "attach" => Attach(arguments),
                "gather" => Gather(arguments),
                "gathered" => _gatherer?.Result() ?? "error gather first",
                "measure-allocations" => AllocationMeter.Measure(arguments),
                "measure-pipe" => PipeAllocationMeter.MeasureAsync(arguments).GetAwaiter().GetResult(),
                "endure" => new Endurance(arguments).Run(),
                "trespass" => Trespass.Perform(arguments),
                "churn" => Churn(arguments),
                "add-readings" => AddReadings(arguments),
                "write-json" => JsonStage.WriteAsync(Producer, arguments.Number("count", 1)).GetAwaiter().GetResult(),
                "processor-time" => $"ok {Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds:F0}",
                _ => $"error unknown command '{words[0]}'",
            };
        }
        catch (BipsException e)
        {
            return $"error {e.Error} {e.Message}";
        }
        catch (InvalidOperationException e)
        {
            return $"error {e.Message}";
        }
    }

    public void Dispose()
    {
        _feeder?.Dispose();
        _gatherer?.Dispose();
        _idlers?.Dispose();
        _consumer?.Dispose();
        _producer?.Dispose();
    }

    private string Feed(Arguments arguments)
    {
        _feeder = new Feeder(arguments);
        return "ok";
    }

    private string Attach(Arguments arguments)
    {
        _idlers = new Idlers(arguments);
        return "ok";
    }

    private string Gather(Arguments arguments)
    {
        _gatherer = new Gatherer(arguments);
        return "ok";
    }

    private string Create(Arguments arguments)
    {
        _producer = Producer.Create(arguments.Text("name"),
            arguments.PoolOptions() with { OnEviction = _evictions.Add });
        return $"ok {(_producer.IsTakeOver ? "take-over" : "new")} {_producer.Published}";
    }

    /// <summary>
    /// Publishes frames whose payload is the pattern of their sequence and whose size varies with it.
    /// </summary>
    private string Send(Arguments arguments)
    {
        int count = arguments.Number("count", 1);
        int length = arguments.Number("length", -1);
        var random = new Random(arguments.Number("seed", 1));
        bool pauses = arguments.Number("pauses") != 0;
        for (int i = 0; i < count; i++)
        {
            PullStatus status = Producer.Pull(out WriteLease lease, arguments.Time("timeout", 20_000));
            if (status != PullStatus.Success)
            {
                return $"{status} {i}";
            }

            int size = length >= 0 ? length : random.Next(lease.Span.Length + 1);
            ulong sequence = Producer.Published + 1;
            FramePattern.Fill(lease.Span[..size], sequence);
            FramePattern.Fill(lease.Metadata, ~sequence);
            lease.Push(size, flags: (uint)sequence);
            if (pauses && random.Next(8) == 0)
            {
                Thread.SpinWait(random.Next(LongestPause));
            }
        }

        return $"ok {Producer.Published}";
    }

    /// <summary>How often the producer evicted, which lanes, and the last eviction.</summary>
    private string Evictions() =>
        $"ok {_evictions.Count} lanes={string.Join(',', _evictions.Select(eviction => eviction.Lane).Distinct())} " +
        $"{_evictions.LastOrDefault()}";

    private string PullBuffer(Arguments arguments)
    {
        PullStatus status = Producer.Pull(out WriteLease lease, arguments.Time("timeout", 20_000));
        if (status == PullStatus.Success)
        {
            FramePattern.Fill(lease.Span, ulong.MaxValue);
        }

        return $"{status}";
    }

    private string CloseProducer()
    {
        Producer.Dispose();
        _producer = null;
        return "ok";
    }

    private string Open(Arguments arguments)
    {
        _consumer = Consumer.Open(arguments.Text("name"), arguments.ConsumerOptions());
        return $"ok {_consumer.Lane} {_consumer.Pool.Format}";
    }

    private string Pull(Arguments arguments)
    {
        long start = Stopwatch.GetTimestamp();
        PullStatus status = Consumer.Pull(out ReadLease lease, arguments.Time("timeout", 20_000));
        double waited = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (status != PullStatus.Success)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{status} {waited:F3}");
        }

        _leases.Enqueue(lease.Store());
        string intact = IsIntact(lease.Store()) ? "intact" : "corrupt";
        return string.Create(CultureInfo.InvariantCulture,
            $"Success {lease.Sequence} {lease.Length} {intact} {lease.BufferIndex} {waited:F3}");
    }

    private string Push()
    {
        _leases.Dequeue().Push();
        return "ok";
    }

    private string CheckHeld() => _leases.All(IsIntact) ? $"ok {_leases.Count}" : "error corrupt";

    /// <summary>Reads and checks until the end of the stream or <c>count</c> frames.</summary>
    private string Receive(Arguments arguments)
    {
        int count = arguments.Number("count", int.MaxValue);
        var random = new Random(arguments.Number("seed", 2));
        bool pauses = arguments.Number("pauses") != 0;
        ulong first = 0;
        ulong last = 0;
        ulong lostBefore = Consumer.Lost;
        PullStatus status = PullStatus.Success;
        int received = 0;
        for (; received < count; received++)
        {
            status = Consumer.Pull(out ReadLease lease, arguments.Time("timeout", 20_000));
            if (status != PullStatus.Success)
            {
                break;
            }

            using (lease)
            {
                ulong lost = Consumer.Lost - lostBefore;
                if (!IsIntact(lease.Store()) || (last != 0 && lost != lease.Sequence - last - 1))
                {
                    return $"error corrupt frame or wrong loss count at {lease.Sequence} after {last}, lost " +
                        $"{Consumer.Lost}";
                }

                lostBefore = Consumer.Lost;
                first = first == 0 ? lease.Sequence : first;
                last = lease.Sequence;
                if (pauses && random.Next(8) == 0)
                {
                    Thread.SpinWait(random.Next(LongestPause));
                }
            }
        }

        return $"{status} {received} {Consumer.Lost} {first} {last}";
    }

    private string CloseConsumer()
    {
        while (_leases.TryDequeue(out StoredReadLease lease))
        {
            lease.Push();
        }

        Consumer.Dispose();
        _consumer = null;
        return "ok";
    }

    /// <summary>Attaches and detaches many times, reading a frame each time.</summary>
    private static string Churn(Arguments arguments)
    {
        for (int i = 0; i < arguments.Number("count", 1); i++)
        {
            using var consumer = Consumer.Open(arguments.Text("name"), arguments.ConsumerOptions());
            if (consumer.Pull(out ReadLease lease, TimeSpan.FromSeconds(20)) == PullStatus.Success)
            {
                lease.Push();
            }
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        int descriptors = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        int mappings = File.ReadLines("/proc/self/maps")
            .Count(line => line.Contains("bips.", StringComparison.Ordinal));
        return $"ok {descriptors} {mappings}";
    }

    /// <summary>
    /// Reads one frame of <see cref="Reading"/>s and says their number, sum and where the first lies.
    /// </summary>
    private static string AddReadings(Arguments arguments)
    {
        using var consumer = Consumer.Open<Reading>(arguments.Text("name"));
        PullStatus status = consumer.Pull(out ReadLease<Reading> lease, TimeSpan.FromSeconds(20));
        if (status != PullStatus.Success)
        {
            return $"{status}";
        }

        using (lease)
        {
            Reading sum = default;
            foreach (ref readonly Reading reading in lease.Values)
            {
                sum = new Reading(sum.Time + reading.Time, sum.X + reading.X, sum.Y + reading.Y, reading.Quality);
            }

            return string.Create(CultureInfo.InvariantCulture, $"ok {lease.Count} {sum}");
        }
    }

    private static bool IsIntact(StoredReadLease lease) =>
        FramePattern.Matches(lease.Span, lease.Sequence) && FramePattern.Matches(lease.Metadata, ~lease.Sequence) &&
        lease.Flags == (uint)lease.Sequence;
}
