using System.Runtime.CompilerServices;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Raw;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>
/// Frames on a fixed schedule from one process to another. A time is taken from the instant at which a frame was due, not from when it
/// was sent, so a stall counts for every frame that it delays (no coordinated omission).
/// </summary>
internal sealed unsafe class Paced(Station station, bool sends)
{
    private const ulong EndMark = ulong.MaxValue;
    private const long LeadNanoseconds = 5_000_000;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int BufferSize = 4096;

    /// <summary>Frames that a stalled receiver may fall behind before the sender has to wait, with a pool and without.</summary>
    private const int Slots = 64;

    private readonly Histogram _histogram = new();

    /// <summary>Memory for a raw section.</summary>
    public static int MemoryLength => RawChannel.Length(Slots);

    public void Perform()
    {
        foreach (string section in station.Sections)
        {
            if (section.StartsWith("raw", StringComparison.Ordinal))
            {
                PerformRaw(section);
            }
            else
            {
                PerformPool(section);
            }
        }
    }

    private void PerformRaw(string section)
    {
        station.Meet();
        if (sends)
        {
            new Span<byte>(station.Memory, MemoryLength).Clear();
        }

        station.Meet();
        bool sleeps = section.EndsWith("futex", StringComparison.Ordinal);
        var end = new RawEnd(new RawChannel(station.Memory, Slots), sleeps);
        if (sends)
        {
            Send(ref end);
        }
        else
        {
            Receive(section, ref end);
        }
    }

    private void PerformPool(string section)
    {
        WaitMode mode = Enum.Parse<WaitMode>(section[(section.LastIndexOf('-') + 1)..], ignoreCase: true);
        station.Meet();
        using Producer? producer = sends ? station.CreatePool("paced", BufferSize, Slots, consumers: 1, WaitMode.Spin) : null;
        station.Meet();
        using Consumer? consumer = sends ? null : station.OpenPool("paced", mode, OverflowPolicy.Block);
        station.Meet();
        if (producer is not null)
        {
            var sender = new PoolSendingEnd(producer, pullsAhead: true, timestamp: null);
            Send(ref sender);
        }
        else if (consumer is not null && section.Contains("await", StringComparison.Ordinal))
        {
            AwaitingReceiver.ReceiveAsync(consumer, _histogram, station.Words.Number("warm-frames"), EndMark).Wait();
            Station.Report(section, _histogram, divisor: 1);
        }
        else if (consumer is not null)
        {
            var receiver = new PoolReceivingEnd(consumer, pushesAtOnce: false);
            Receive(section, ref receiver);
        }

        station.Meet();
    }

    private void Send<TSender>(ref TSender sender)
        where TSender : ISendingEnd, allows ref struct
    {
        long period = NanosecondsPerSecond / station.Words.Number("rate");
        int count = station.Words.Number("warm-frames") + station.Words.Number("frames");
        long due = MonotonicClock.Nanoseconds + LeadNanoseconds;
        for (int i = 0; i < count; i++, due += period)
        {
            sender.Prepare();
            SpinUntil(due);
            sender.Send((ulong)due);
        }

        sender.Prepare();
        SpinUntil(due);
        sender.Send(EndMark);
    }

    private static void SpinUntil(long due)
    {
        while (MonotonicClock.Nanoseconds < due)
        {
            // Sleeping would make the schedule as late as the wake-ups that are measured.
        }
    }

    private void Receive<TReceiver>(string section, ref TReceiver receiver)
        where TReceiver : IReceivingEnd, allows ref struct
    {
        int warm = station.Words.Number("warm-frames");
        for (int i = 0; i < warm; i++)
        {
            ReceiveOne(ref receiver);
        }

        _histogram.Clear();
        long start = MonotonicClock.Nanoseconds;
        long used = Processors.ThreadTime();
        while (ReceiveOne(ref receiver))
        {
            // Until the sender ends.
        }

        double share = (double)(Processors.ThreadTime() - used) / (MonotonicClock.Nanoseconds - start);
        Station.Report(section, _histogram, divisor: 1);
        Station.Report($"{section}.cpu", share * 100);
    }

    /// <returns>False when the sender has ended.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ReceiveOne<TReceiver>(ref TReceiver receiver)
        where TReceiver : IReceivingEnd, allows ref struct
    {
        ulong due = receiver.Receive();
        long now = MonotonicClock.Nanoseconds;
        receiver.Finish();
        if (due == EndMark)
        {
            return false;
        }

        _histogram.Record(now - (long)due);
        return true;
    }
}
