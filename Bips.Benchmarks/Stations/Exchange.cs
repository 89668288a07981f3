using System.Runtime.CompilerServices;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Raw;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>
/// Round trips of one line between two spinning processes. One of them measures; half of a round trip is one way. The
/// time includes what a process does between reading a line and sending the next one, and nothing else.
/// </summary>
internal sealed unsafe class Exchange(Station station, bool measures)
{
    private const ulong EndMark = ulong.MaxValue;
    private const int RoundsPerBatch = 64;
    private const int BufferSize = 4096;
    private const int BufferCount = 8;

    private readonly Histogram _uncounted = new();
    private readonly long _clockCost = ClockCost.Measure();

    /// <summary>
    /// The time in which two cores exchange a line depends on the line (on its slice of the cache), by up to a factor
    /// of five. Raw channels therefore move from turn to turn, as pools do.
    /// </summary>
    private const int Places = 16;
    private const int PlaceLength = 4096;

    private int _turns;

    /// <summary>Memory for the raw sections.</summary>
    public static int MemoryLength => Places * PlaceLength;

    public void Perform()
    {
        foreach (Turn turn in station.Turns)
        {
            if (turn.Section.StartsWith("raw", StringComparison.Ordinal))
            {
                PerformRaw(turn);
            }
            else
            {
                PerformPool(turn);
            }
        }

        if (measures)
        {
            station.Ledger.Add("clock", _clockCost);
        }
    }

    private void PerformRaw(Turn turn)
    {
        byte* memory = station.Memory + (_turns++ % Places * PlaceLength);
        station.Meet();
        if (measures)
        {
            new Span<byte>(memory, PlaceLength).Clear();
        }

        station.Meet();
        RawWait wait = Enum.Parse<RawWait>(turn.Section["raw-".Length..], ignoreCase: true);
        if (wait == RawWait.Line)
        {
            var there = new LineEnd(memory);
            var back = new LineEnd(memory + LineEnd.Length);
            Perform(turn, ref there, ref back);
        }
        else
        {
            var there = new RawEnd(new RawChannel(memory, slots: 1), wait);
            var back = new RawEnd(new RawChannel(memory + RawChannel.Length(slots: 1), slots: 1), wait);
            Perform(turn, ref there, ref back);
        }
    }

    private void Perform<TEnd>(Turn turn, ref TEnd there, ref TEnd back)
        where TEnd : ISendingEnd, IReceivingEnd
    {
        if (measures)
        {
            Measure(turn, ref there, ref back);
        }
        else
        {
            Answer(ref back, ref there);
        }
    }

    private void PerformPool(Turn turn)
    {
        string own = measures ? "there" : "back";
        string other = measures ? "back" : "there";
        WaitMode mode = turn.Section.EndsWith("sleep", StringComparison.Ordinal) ? WaitMode.Sleep : WaitMode.Spin;
        station.Meet();
        using Producer producer = station.CreatePool(own, BufferSize, BufferCount, consumers: 1, mode);
        station.Meet();
        using Consumer consumer = station.OpenPool(other, mode, OverflowPolicy.Block);
        station.Meet();
        bool whole = turn.Section.EndsWith("whole", StringComparison.Ordinal);
        long? timestamp = turn.Section.EndsWith("supplied", StringComparison.Ordinal) ? 1 : null;
        var sender = new PoolSendingEnd(producer, pullsAhead: !whole, timestamp);
        var receiver = new PoolReceivingEnd(consumer, pushesAtOnce: whole);
        if (measures)
        {
            Measure(turn, ref sender, ref receiver);
        }
        else
        {
            Answer(ref sender, ref receiver);
        }

        station.Meet();
    }

    private void Measure<TSender, TReceiver>(Turn turn, ref TSender sender, ref TReceiver receiver)
        where TSender : ISendingEnd, allows ref struct
        where TReceiver : IReceivingEnd, allows ref struct
    {
        ulong number = 0;
        RunFor(station.UncountedTime(turn), _uncounted, ref sender, ref receiver, ref number);
        if (!turn.IsWarmUp)
        {
            ulong first = number;
            long start = MonotonicClock.Nanoseconds;
            RunFor(station.CountedTime(turn), station.Ledger.TimesOf(turn.Section, divisor: 2), ref sender,
                ref receiver, ref number);
            station.Ledger.AddQuotient($"{turn.Section}.rate", number - first,
                (MonotonicClock.Nanoseconds - start) / 1e9);
        }

        sender.Prepare();
        sender.Send(EndMark);
        _ = receiver.Receive();
        receiver.Finish();
    }

    private void RunFor<TSender, TReceiver>(TimeSpan time, Histogram times, ref TSender sender, ref TReceiver receiver,
        ref ulong number)
        where TSender : ISendingEnd, allows ref struct
        where TReceiver : IReceivingEnd, allows ref struct
    {
        Deadline deadline = Deadline.After(time);
        while (!deadline.HasPassed)
        {
            RunBatch(times, ref sender, ref receiver, ref number);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunBatch<TSender, TReceiver>(Histogram times, ref TSender sender, ref TReceiver receiver,
        ref ulong number)
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
            times.Record(end - start - _clockCost);
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
