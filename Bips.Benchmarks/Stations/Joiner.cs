using System.Runtime.CompilerServices;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>
/// How long a consumer that joins takes to have its first frame, and how much faster it reads frames for the second
/// time. Sections: <c>prefault</c> and <c>lazy</c> (<see cref="ConsumerOptions.Prefault"/>).
/// </summary>
internal sealed class Joiner(Station station)
{
    private const string PoolName = "joined";
    private const int FrameSize = 1920 * 1080 * 4;
    private const int Buffers = 8;

    private readonly Histogram _uncounted = new();

    public void Perform()
    {
        using Producer producer = station.CreatePool(PoolName, FrameSize, Buffers, consumers: 1, WaitMode.Balanced);
        foreach (Turn turn in station.Turns)
        {
            Deadline deadline = Deadline.After(station.UncountedTime(turn) + station.CountedTime(turn));
            while (!deadline.HasPassed)
            {
                Join(producer, turn);
            }
        }
    }

    private void Join(Producer producer, Turn turn)
    {
        Send(producer);
        long start = MonotonicClock.Nanoseconds;
        using Consumer consumer = Consumer.Open(PoolName, new ConsumerOptions
        {
            Prefault = turn.Section is "prefault",
            Directory = station.Directory,
        });
        consumer.Pull(out ReadLease lease);
        _ = PayloadWork.ReadLine(lease.Span);
        TimesOf(turn, "first").Record(MonotonicClock.Nanoseconds - start);
        lease.Push();
        for (int i = 0; i < 2 * Buffers; i++)
        {
            Send(producer);
            TimesOf(turn, i < Buffers ? "cold" : "warm").Record(Receive(consumer));
        }
    }

    private static void Send(Producer producer)
    {
        producer.Pull(out WriteLease lease);
        PayloadWork.WriteLine(lease.Span, producer.Published);
        lease.Push(FrameSize);
    }

    /// <returns>How long a pull and reading all of the frame took.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Receive(Consumer consumer)
    {
        long start = MonotonicClock.Nanoseconds;
        consumer.Pull(out ReadLease lease);
        _ = lease.Span.Count((byte)1);
        lease.Push();
        return MonotonicClock.Nanoseconds - start;
    }

    private Histogram TimesOf(Turn turn, string what) => turn.IsWarmUp
        ? _uncounted
        : station.Ledger.TimesOf($"{turn.Section}-{what}");
}
