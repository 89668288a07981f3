using System.Globalization;
using System.Runtime.CompilerServices;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Raw;

namespace Bips.Benchmarks.Stations;

/// <summary>Receives frames as fast as they come, until the end of each stream.</summary>
internal sealed unsafe class StreamSink(Station station)
{
    private const int FramesPerBatch = 256;

    private readonly StreamPlan _plan = StreamPlan.From(station.Words);
    private readonly int _number = station.Words.Number("sink");

    public void Perform()
    {
        foreach (string section in station.Sections)
        {
            station.Meet();
            switch (section)
            {
                case "ring":
                    ReceiveThroughRings(section);
                    break;
                case "plain":
                    ReceiveThroughPlainMemory(section);
                    break;
                default:
                    ReceiveThroughPool(section);
                    break;
            }
        }
    }

    private void ReceiveThroughRings(string section)
    {
        station.Meet();
        var putBack = new IndexRing(station.Memory + IndexRing.Length);
        for (uint i = 0; i < _plan.Buffers; i++)
        {
            putBack.TryPut(i);
        }

        var rings = new RingSink(new IndexRing(station.Memory), putBack, Buffers());
        station.Meet();
        Receive(section, ref rings);
        station.Meet();
    }

    private void ReceiveThroughPlainMemory(string section)
    {
        station.Meet();
        var plain = new PlainStream(station.Memory, Buffers(), _plan.Buffers, _plan.Sinks, _number);
        station.Meet();
        Receive(section, ref plain);
        station.Meet();
    }

    private void ReceiveThroughPool(string section)
    {
        var choice = PoolChoice.From(section);
        station.Meet();
        using (Consumer consumer = station.OpenPool("stream", choice.Mode, choice.Policy))
        {
            station.Meet();
            var sink = new PoolSink(consumer);
            Receive(section, ref sink);
            Report(section, "taken", consumer.Taken);
            Report(section, "lost", consumer.Lost);
        }

        station.Meet();
    }

    private PlainBuffers Buffers() => new(station.Memory + StreamPlan.HeaderLength, _plan.FrameSize);

    private void Receive<TSink>(string section, ref TSink sink)
        where TSink : IStreamSink
    {
        long allocated = 0;
        long batches = 0;
        while (ReceiveBatch(ref sink))
        {
            if (++batches == 1)
            {
                allocated = GC.GetAllocatedBytesForCurrentThread();
            }
        }

        if (batches > 0)
        {
            Report(section, "allocated", GC.GetAllocatedBytesForCurrentThread() - allocated);
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

    private void Report(string section, string name, double value) =>
        Station.Report(string.Create(CultureInfo.InvariantCulture, $"{section}.sink{_number}.{name}"), value);
}
