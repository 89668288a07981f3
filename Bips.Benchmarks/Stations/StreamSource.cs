using System.Runtime.CompilerServices;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Raw;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>Sends frames for a given time as fast as the other processes take them.</summary>
internal sealed unsafe class StreamSource(Station station)
{
    private const int FramesPerBatch = 256;

    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(5);

    private readonly StreamPlan _plan = StreamPlan.From(station.Words);

    public void Perform()
    {
        foreach (string section in station.Sections)
        {
            station.Meet();
            switch (section)
            {
                case "ring":
                    SendThroughRings(section);
                    break;
                case "plain":
                    SendThroughPlainMemory(section);
                    break;
                default:
                    SendThroughPool(section);
                    break;
            }
        }
    }

    private void SendThroughRings(string section)
    {
        new Span<byte>(station.Memory, 2 * IndexRing.Length).Clear();
        var rings = new RingSource(new IndexRing(station.Memory), new IndexRing(station.Memory + IndexRing.Length), Buffers());
        station.Meet();
        station.Meet();
        Send(section, ref rings);
        rings.End();
        station.Meet();
    }

    private void SendThroughPlainMemory(string section)
    {
        new Span<byte>(station.Memory, PlainStream.CountersLength(_plan.Sinks)).Clear();
        var plain = new PlainStream(station.Memory, Buffers(), _plan.Buffers, _plan.Sinks, reader: -1);
        station.Meet();
        station.Meet();
        Send(section, ref plain);
        plain.End();
        station.Meet();
    }

    private void SendThroughPool(string section)
    {
        var choice = PoolChoice.From(section);
        using (Producer producer = station.CreatePool("stream", _plan.FrameSize, _plan.Buffers, _plan.Sinks, choice.Mode))
        {
            station.Meet();
            station.Meet();
            var source = new PoolSource(producer, _plan.FrameSize, choice.Timestamp);
            Send(section, ref source);
        }

        station.Meet();
    }

    private PlainBuffers Buffers() => new(station.Memory + StreamPlan.HeaderLength, _plan.FrameSize);

    private void Send<TSource>(string section, ref TSource source)
        where TSource : IStreamSource
    {
        ulong number = 0;
        SendFor(station.Words.Milliseconds("warm"), ref source, ref number);
        ulong first = number;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = MonotonicClock.Nanoseconds;
        double best = 0;
        while (MonotonicClock.Nanoseconds - start < station.Words.Milliseconds("run").TotalNanoseconds)
        {
            best = Math.Max(best, SendSlice(ref source, ref number));
        }

        double seconds = (MonotonicClock.Nanoseconds - start) / 1e9;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Station.Report($"{section}.rate", (number - first) / seconds);
        Station.Report($"{section}.best", best);
        Station.Report($"{section}.source.allocated", allocated);
    }

    /// <returns>Frames per second of a slice that is short enough to find one in which nobody else wanted the processor.</returns>
    private double SendSlice<TSource>(ref TSource source, ref ulong number)
        where TSource : IStreamSource
    {
        ulong first = number;
        long start = MonotonicClock.Nanoseconds;
        SendFor(s_slice, ref source, ref number);
        return (number - first) / ((MonotonicClock.Nanoseconds - start) / 1e9);
    }

    private void SendFor<TSource>(TimeSpan time, ref TSource source, ref ulong number)
        where TSource : IStreamSource
    {
        int batch = _plan.Touch == Touch.All ? 1 : FramesPerBatch;
        Deadline deadline = Deadline.After(time);
        do
        {
            SendBatch(ref source, batch, ref number);
        }
        while (!deadline.HasPassed);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SendBatch<TSource>(ref TSource source, int count, ref ulong number)
        where TSource : IStreamSource
    {
        Touch touch = _plan.Touch;
        ulong next = number;
        for (int i = 0; i < count; i++)
        {
            source.Next(touch, ++next);
        }

        number = next;
    }
}
