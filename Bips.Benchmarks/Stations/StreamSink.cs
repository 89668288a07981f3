using System.Globalization;
using System.Runtime.CompilerServices;
using Bips.Benchmarks.Alternatives;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Raw;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>Receives frames as fast as they come, until the end of each stream.</summary>
internal sealed unsafe class StreamSink(Station station)
{
    private const int FramesPerBatch = 64;

    private readonly StreamPlan _plan = StreamPlan.From(station.Words);
    private readonly int _number = station.Words.Number("sink");

    public void Perform()
    {
        foreach (Turn turn in station.Turns)
        {
            station.Meet();
            switch (turn.Section.Split('/')[0])
            {
                case "ring":
                    ReceiveThroughRings(turn);
                    break;
                case "plain":
                    ReceiveThroughPlainMemory(turn);
                    break;
                case "pool":
                    ReceiveThroughPool(turn);
                    break;
                default:
                    ReceiveThroughAlternative(turn);
                    break;
            }
        }
    }

    private void ReceiveThroughRings(Turn turn)
    {
        station.Meet();
        var putBack = new IndexRing(station.Memory + IndexRing.Length);
        for (uint i = 0; i < _plan.Buffers; i++)
        {
            putBack.TryPut(i);
        }

        var rings = new RingSink(new IndexRing(station.Memory), putBack, Buffers());
        station.Meet();
        Receive(turn, ref rings);
        station.Meet();
    }

    private void ReceiveThroughPlainMemory(Turn turn)
    {
        station.Meet();
        var plain = new PlainStream(station.Memory, Buffers(), _plan.Buffers, _plan.Sinks, _number);
        station.Meet();
        Receive(turn, ref plain);
        station.Meet();
    }

    private void ReceiveThroughPool(Turn turn)
    {
        var choice = PoolChoice.From(turn.Section);
        station.Meet();
        using (Consumer consumer = station.OpenPool(StreamSource.PoolName, choice.Mode, choice.Policy))
        {
            station.Meet();
            var sink = new PoolSink(consumer);
            Receive(turn, ref sink);
            Report(turn, "taken", consumer.Taken);
            Report(turn, "lost", consumer.Lost);
        }

        station.Meet();
    }

    private void ReceiveThroughAlternative(Turn turn)
    {
        station.Meet();
        using (IFrameReceiver receiver = Alternative.OpenReceiver(turn.Section, station, _plan, _number))
        {
            station.Meet();
            var sink = new AlternativeSink(receiver);
            Receive(turn, ref sink);
            station.Meet();
        }
    }

    private PlainBuffers Buffers() => new(station.Memory + StreamPlan.HeaderLength, _plan.FrameSize);

    private void Receive<TSink>(Turn turn, ref TSink sink)
        where TSink : IStreamSink
    {
        // Taken after the first batch, because a frame does not cost what the runtime allocates to compile.
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long batches = 0;
        long start = MonotonicClock.Nanoseconds;
        long used = Processors.ThreadTime();
        while (ReceiveBatch(ref sink))
        {
            if (++batches == 1)
            {
                allocated = GC.GetAllocatedBytesForCurrentThread();
            }
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        double share = 100.0 * (Processors.ThreadTime() - used) / (MonotonicClock.Nanoseconds - start);
        Report(turn, "allocated", allocated);
        if (!turn.IsWarmUp)
        {
            station.Ledger.AddQuotient(string.Create(CultureInfo.InvariantCulture, $"{turn.Section}.sink{_number}.cpu"),
                share, 1);
        }
    }

    /// <returns>False at the end of the stream.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ReceiveBatch<TSink>(ref TSink sink)
        where TSink : IStreamSink
    {
        Touch touch = _plan.Touch;
        for (int i = 0; i < FramesPerBatch; i++)
        {
            if (!sink.Next(touch))
            {
                return false;
            }
        }

        return true;
    }

    private void Report(Turn turn, string name, double value)
    {
        if (!turn.IsWarmUp)
        {
            station.Ledger.Add(string.Create(CultureInfo.InvariantCulture, $"{turn.Section}.sink{_number}.{name}"),
                value);
        }
    }
}
