using System.Runtime.CompilerServices;
using Bips.Benchmarks.Alternatives;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Raw;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>Sends frames for a given time as fast as the other processes take them.</summary>
internal sealed unsafe class StreamSource(Station station)
{
    /// <summary>Name of the pool of a stream.</summary>
    public const string PoolName = "stream";

    /// <summary>
    /// Frames sent between two looks at the clock; fewer where a frame takes long, so that a turn ends in time.
    /// </summary>
    private const int FramesPerBatch = 64;
    private const int LargestBatchedFrame = 64 * 1024;

    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(5);

    private readonly StreamPlan _plan = StreamPlan.From(station.Words);

    public void Perform()
    {
        foreach (Turn turn in station.Turns)
        {
            station.Meet();
            Send(turn);
        }
    }

    /// <summary>One turn, after its first meeting.</summary>
    public void Send(Turn turn)
    {
        switch (turn.Section.Split('/')[0])
        {
            case "ring":
                SendThroughRings(turn, readsClock: turn.Section.EndsWith("/clock", StringComparison.Ordinal));
                break;
            case "plain":
                SendThroughPlainMemory(turn);
                break;
            case "pool":
                SendThroughPool(turn);
                break;
            default:
                SendThroughAlternative(turn);
                break;
        }
    }

    private void SendThroughRings(Turn turn, bool readsClock)
    {
        new Span<byte>(station.Memory, 2 * IndexRing.Length).Clear();
        var rings = new RingSource(new IndexRing(station.Memory), new IndexRing(station.Memory + IndexRing.Length),
            Buffers(), readsClock);
        station.Meet();
        station.Meet();
        Send(turn, ref rings);
        rings.End();
        station.Meet();
    }

    private void SendThroughPlainMemory(Turn turn)
    {
        new Span<byte>(station.Memory, PlainStream.CountersLength(_plan.Sinks)).Clear();
        var plain = new PlainStream(station.Memory, Buffers(), _plan.Buffers, _plan.Sinks, reader: -1);
        station.Meet();
        station.Meet();
        Send(turn, ref plain);
        plain.End();
        station.Meet();
    }

    private void SendThroughPool(Turn turn)
    {
        var choice = PoolChoice.From(turn.Section);
        int frameSize = choice.FrameSize ?? _plan.FrameSize;
        using (Producer producer = station.CreatePool(PoolName, frameSize, choice.Buffers ?? _plan.Buffers, _plan.Sinks,
            choice.Mode,
            choice.History, choice.HugePages))
        {
            station.Meet();
            station.Meet();
            var source = new PoolSource(producer, frameSize, choice.Timestamp);
            Send(turn, ref source);
        }

        station.Meet();
    }

    private void SendThroughAlternative(Turn turn)
    {
        using (IFrameSender sender = Alternative.OpenSender(turn.Section, station, _plan))
        {
            station.Meet();
            sender.Connect();
            station.Meet();
            var source = new AlternativeSource(sender, _plan.FrameSize);
            Send(turn, ref source);
            source.End();
            station.Meet();
        }
    }

    private PlainBuffers Buffers() => new(station.Memory + StreamPlan.HeaderLength, _plan.FrameSize);

    private void Send<TSource>(Turn turn, ref TSource source)
        where TSource : IStreamSource
    {
        ulong number = 0;
        SendFor(station.UncountedTime(turn), ref source, ref number);
        ulong first = number;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = MonotonicClock.Nanoseconds;
        long end = start + (long)station.CountedTime(turn).TotalNanoseconds;
        double best = 0;
        while (MonotonicClock.Nanoseconds < end)
        {
            best = Math.Max(best, SendSlice(ref source, ref number));
        }

        double seconds = (MonotonicClock.Nanoseconds - start) / 1e9;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (!turn.IsWarmUp)
        {
            station.Ledger.AddQuotient($"{turn.Section}.rate", number - first, seconds);
            station.Ledger.KeepLargest($"{turn.Section}.best", best);
            station.Ledger.Add($"{turn.Section}.source.allocated", allocated);
        }
    }

    /// <returns>
    /// Frames per second of the best slice. Slices are short, so in some of them nobody else wanted the processor.
    /// </returns>
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
        int batch = _plan.Touch == Touch.All && _plan.FrameSize > LargestBatchedFrame ? 1 : FramesPerBatch;
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
