using System.Runtime.InteropServices;
using Bips.Layout;
using Bips.Signaler;

namespace Bips.Torture;

/// <summary>
/// Times how fast a dead consumer's buffers come back to a producer that waits for them: a pool of its own, in which a
/// blocking consumer that holds all it may is killed over and over. Nothing else runs meanwhile, so the times are those
/// of Bips and not of the queue for a processor.
/// </summary>
internal sealed class RecoveryTrial(string pool, TimeSpan runDuration)
{
    private const int FewestKills = 10;
    private const double SecondsOfRunPerKill = 3;

    private static readonly TimeSpan s_stillness = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly string _path = $"/dev/shm/bips.{pool}";
    private readonly PoolGeometry _geometry = ProducerRole.Options.ToGeometry();

    /// <summary>From each kill to the push of the frame that the producer had no buffer for.</summary>
    public List<TimeSpan> Times { get; } = [];

    /// <summary>Kills a number of consumers that follows from the length of the whole run.</summary>
    public void Run(Report report)
    {
        using var producer = new Actor("", 0, urgent: false, "producer", pool);
        int kills = Math.Max(FewestKills, (int)(runDuration.TotalSeconds / SecondsOfRunPerKill));
        for (int i = 0; i < kills; i++)
        {
            using var holder = new Actor("", 0, urgent: false, "consumer", pool, "--policy", "block", "--seed", "1",
                "--holds", "true");
            if (!Until(() => IsProducerWaitingFor(holder.Id)))
            {
                report.Fault(
                    $"the producer never waited for a consumer that held everything: " +
                    $"{string.Join(" | ", holder.Lines())}");
                break;
            }

            ulong next = ReadState().Published + 1;
            long killed = MonotonicClock.Nanoseconds;
            holder.Kill();
            report.Expect(Until(() => ReadState().Published >= next), "a dead consumer's buffers never came back");
            Times.Add(TimeSpan.FromTicks((TimestampOf(next) - killed) / TimeSpan.NanosecondsPerTick));
        }

        producer.EndInput();
        report.Expect(producer.WaitForExit(s_patience), "the producer did not end when asked to");
    }

    private static bool Until(Func<bool> condition)
    {
        var deadline = Deadline.After(s_patience);
        using var never = new ManualResetEventSlim();
        while (!condition())
        {
            if (deadline.HasPassed)
            {
                return false;
            }

            never.Wait(1);
        }

        return true;
    }

    /// <summary>
    /// Whether the consumer is attached and the producer says that it waits, and publishes nothing for a while.
    /// </summary>
    private bool IsProducerWaitingFor(int processId)
    {
        (ulong published, bool waits) = ReadState();
        if (!waits || !IsAttached(processId))
        {
            return false;
        }

        using var never = new ManualResetEventSlim();
        never.Wait(s_stillness);
        return ReadState() == (published, true);
    }

    private bool IsAttached(int processId)
    {
        Span<byte> bytes = stackalloc byte[Lane.HeldOffset];
        for (int k = 0; k < _geometry.LaneCount; k++)
        {
            Lane lane = TryRead(_path + ".lanes", bytes, _geometry.PageSize + (k * _geometry.LaneStride))
                ? MemoryMarshal.Read<Lane>(bytes)
                : default;
            if (lane.State == (uint)LaneState.Active && lane.ProcessId == (uint)processId)
            {
                return true;
            }
        }

        return false;
    }

    private (ulong Published, bool Waits) ReadState()
    {
        Span<byte> bytes = stackalloc byte[Marshal.SizeOf<ProducerState>()];
        if (!TryRead(_path, bytes, _geometry.StateOffset))
        {
            return default;
        }

        ProducerState state = MemoryMarshal.Read<ProducerState>(bytes);
        return (state.Published, state.IsWaiting);
    }

    private long TimestampOf(ulong sequence)
    {
        Span<byte> bytes = stackalloc byte[Marshal.SizeOf<RingEntry>()];
        long place = (long)(sequence & ((ulong)_geometry.RingCapacity - 1));
        return TryRead(_path, bytes, _geometry.RingOffset + (place * bytes.Length))
            ? MemoryMarshal.Read<RingEntry>(bytes).Timestamp
            : 0;
    }

    private static bool TryRead(string path, Span<byte> bytes, long offset)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.Read(file, bytes, offset) == bytes.Length;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
