using System.Runtime.CompilerServices;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Raw;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>
/// Round trips of one line between two spinning processes. One of them measures; half of a round trip is one way. What a process does
/// between reading a line and sending the next one is part of it, and nothing else.
/// </summary>
internal sealed unsafe class Exchange(Station station, bool measures)
{
    private const ulong EndMark = ulong.MaxValue;
    private const int RoundsPerBatch = 256;
    private const int BufferSize = 4096;
    private const int BufferCount = 8;

    private readonly Histogram _histogram = new();
    private readonly long _clockCost = ClockCost.Measure();

    /// <summary>Memory for the raw section.</summary>
    public static int MemoryLength => 2 * RawChannel.Length(slots: 1);

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

        if (measures)
        {
            Station.Report("clock", _clockCost);
        }
    }

    private void PerformRaw(string section)
    {
        station.Meet();
        if (measures)
        {
            new Span<byte>(station.Memory, MemoryLength).Clear();
        }

        station.Meet();
        var there = new RawEnd(new RawChannel(station.Memory, slots: 1), sleeps: false);
        var back = new RawEnd(new RawChannel(station.Memory + RawChannel.Length(slots: 1), slots: 1), sleeps: false);
        if (measures)
        {
            Measure(section, ref there, ref back);
        }
        else
        {
            Answer(ref back, ref there);
        }
    }

    private void PerformPool(string section)
    {
        string own = measures ? "there" : "back";
        string other = measures ? "back" : "there";
        station.Meet();
        using Producer producer = station.CreatePool(own, BufferSize, BufferCount, consumers: 1, WaitMode.Spin);
        station.Meet();
        using Consumer consumer = station.OpenPool(other, WaitMode.Spin, OverflowPolicy.Block);
        station.Meet();
        bool whole = section.EndsWith("whole", StringComparison.Ordinal);
        long? timestamp = section.EndsWith("supplied", StringComparison.Ordinal) ? 1 : null;
        var sender = new PoolSendingEnd(producer, pullsAhead: !whole, timestamp);
        var receiver = new PoolReceivingEnd(consumer, pushesAtOnce: whole);
        if (measures)
        {
            Measure(section, ref sender, ref receiver);
        }
        else
        {
            Answer(ref sender, ref receiver);
        }

        station.Meet();
    }

    private void Measure<TSender, TReceiver>(string section, ref TSender sender, ref TReceiver receiver)
        where TSender : ISendingEnd, allows ref struct
        where TReceiver : IReceivingEnd, allows ref struct
    {
        ulong number = 0;
        RunFor(station.Words.Milliseconds("warm"), ref sender, ref receiver, ref number);
        _histogram.Clear();
        RunFor(station.Words.Milliseconds("run"), ref sender, ref receiver, ref number);
        sender.Prepare();
        sender.Send(EndMark);
        _ = receiver.Receive();
        receiver.Finish();
        Station.Report(section, _histogram, divisor: 2);
    }

    private void RunFor<TSender, TReceiver>(TimeSpan time, ref TSender sender, ref TReceiver receiver, ref ulong number)
        where TSender : ISendingEnd, allows ref struct
        where TReceiver : IReceivingEnd, allows ref struct
    {
        Deadline deadline = Deadline.After(time);
        while (!deadline.HasPassed)
        {
            RunBatch(ref sender, ref receiver, ref number);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunBatch<TSender, TReceiver>(ref TSender sender, ref TReceiver receiver, ref ulong number)
        where TSender : ISendingEnd, allows ref struct
        where TReceiver : IReceivingEnd, allows ref struct
    {
        for (int i = 0; i < RoundsPerBatch; i++)
        {
            sender.Prepare();
            long start = MonotonicClock.Nanoseconds;
            sender.Send(++number);
            ulong answer = receiver.Receive();
            long end = MonotonicClock.Nanoseconds;
            receiver.Finish();
            _histogram.Record(end - start - _clockCost);
            if (answer != number)
            {
                throw new InvalidDataException($"Frame {number} was answered with {answer}.");
            }
        }
    }

    private static void Answer<TSender, TReceiver>(ref TSender sender, ref TReceiver receiver)
        where TSender : ISendingEnd, allows ref struct
        where TReceiver : IReceivingEnd, allows ref struct
    {
        while (AnswerBatch(ref sender, ref receiver))
        {
            // In batches, so that the runtime compiles the inner loop as well as it can.
        }
    }

    /// <returns>False when the measuring side has ended.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool AnswerBatch<TSender, TReceiver>(ref TSender sender, ref TReceiver receiver)
        where TSender : ISendingEnd, allows ref struct
        where TReceiver : IReceivingEnd, allows ref struct
    {
        for (int i = 0; i < RoundsPerBatch; i++)
        {
            sender.Prepare();
            ulong value = receiver.Receive();
            sender.Send(value);
            receiver.Finish();
            if (value == EndMark)
            {
                return false;
            }
        }

        return true;
    }
}
