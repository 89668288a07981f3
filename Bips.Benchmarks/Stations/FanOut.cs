using System.Globalization;
using System.Runtime.CompilerServices;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>
/// What a pull and a push cost the producer while some consumers, all of which may lose frames, keep up. One thread
/// drives all of them in turn and does not count the time of their pulls.
/// </summary>
internal sealed class FanOut(Station station)
{
    private const int FrameSize = 1024;
    private const int BufferCount = 64;
    private const int FramesPerBatch = 16;
    private const int DefaultLanes = 16;

    public void Perform()
    {
        foreach (Turn turn in station.Turns)
        {
            int count = int.Parse(turn.Section, CultureInfo.InvariantCulture);
            using Producer producer = station.CreatePool("fan-out", FrameSize, BufferCount,
                Math.Max(DefaultLanes, count), WaitMode.Spin);
            var consumers = new Consumer[count];
            for (int i = 0; i < count; i++)
            {
                consumers[i] = station.OpenPool("fan-out", WaitMode.Spin, OverflowPolicy.DropOldest);
            }

            _ = Measure(producer, consumers, station.UncountedTime(turn));
            (long nanoseconds, long frames) = Measure(producer, consumers, station.CountedTime(turn));
            station.Ledger.AddQuotient($"push/{turn.Section}", nanoseconds, frames);
            foreach (Consumer consumer in consumers)
            {
                if (consumer.Lost != 0)
                {
                    throw new InvalidOperationException(
                        $"A consumer that should have kept up lost {consumer.Lost} frames.");
                }

                consumer.Dispose();
            }
        }
    }

    /// <returns>Time that the producer's pulls and pushes took together, and how many there were.</returns>
    private static (long Nanoseconds, long Frames) Measure(Producer producer, Consumer[] consumers, TimeSpan time)
    {
        long spent = 0;
        long frames = 0;
        Deadline deadline = Deadline.After(time);
        while (!deadline.HasPassed)
        {
            long start = MonotonicClock.Nanoseconds;
            PushBatch(producer);
            spent += MonotonicClock.Nanoseconds - start;
            frames += FramesPerBatch;
            foreach (Consumer consumer in consumers)
            {
                Drain(consumer);
            }
        }

        return (spent, frames);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PushBatch(Producer producer)
    {
        for (int i = 0; i < FramesPerBatch; i++)
        {
            producer.Pull(out WriteLease lease);
            lease.Push(FrameSize);
        }
    }

    private static void Drain(Consumer consumer)
    {
        for (int i = 0; i < FramesPerBatch; i++)
        {
            consumer.Pull(out ReadLease lease);
            lease.Push();
        }
    }
}
