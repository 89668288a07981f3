using System.Globalization;
using System.Runtime.CompilerServices;
using Bips.Benchmarks.Alternatives;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Raw;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>
/// Frames on a fixed schedule from one process to another. A time is taken from the instant at which a frame was due,
/// not from when it was sent, so a stall counts for every frame that it delays (no coordinated omission).
/// </summary>
internal sealed unsafe class Paced(Station station, bool sends)
{
    private const ulong EndMark = ulong.MaxValue;
    private const long LeadNanoseconds = 5_000_000;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int BufferSize = 4096;

    /// <summary>Beginning of a wait mode in the name of a section whose receiver awaits.</summary>
    private const string Awaiting = "await-";

    /// <summary>
    /// Frames that a stalled receiver may fall behind before the sender has to wait, with a pool and without.
    /// </summary>
    private const int Slots = 64;

    /// <summary>How long before a frame is due the sender stops sleeping; longer than its own wake-up takes.</summary>
    private const long SpinNanoseconds = 200_000;

    /// <summary>
    /// Frames at the beginning of a turn that do not count: those of a twentieth of a second, and a few more.
    /// </summary>
    private const int SettlingFrames = 3;
    private const int SettlingShare = 20;

    private const int LargestInSlots = 64 * 1024;
    private const int LargeBuffers = 4;

    private readonly Histogram _uncounted = new();

    /// <summary>How many receivers there are; the first one reports for all of them.</summary>
    private readonly int _receivers = station.Words.Number("receivers", otherwise: 1);
    private readonly bool _reports = station.Words.Number("receiver", otherwise: 0) == 0;

    /// <summary>
    /// Whether the sender sleeps between frames. A transport with threads of its own needs the sender's processor
    /// meanwhile; in its trials all senders sleep.
    /// </summary>
    private readonly bool _isIdleBetweenFrames = station.Words.Number("idle", otherwise: 0) != 0;

    /// <summary>Memory for a raw section.</summary>
    public static int MemoryLength => RawChannel.Length(Slots);

    public void Perform()
    {
        foreach (Turn turn in station.Turns)
        {
            if (turn.Section.StartsWith("raw", StringComparison.Ordinal))
            {
                PerformRaw(turn);
            }
            else if (turn.Section.StartsWith("pool", StringComparison.Ordinal))
            {
                PerformPool(turn);
            }
            else
            {
                PerformAlternative(turn);
            }
        }
    }

    private void PerformRaw(Turn turn)
    {
        station.Meet();
        if (sends)
        {
            new Span<byte>(station.Memory, MemoryLength).Clear();
        }

        station.Meet();
        var end = new RawEnd(new RawChannel(station.Memory, Slots),
            Enum.Parse<RawWait>(turn.Section["raw-".Length..], ignoreCase: true));
        if (sends)
        {
            Send(turn, ref end);
        }
        else
        {
            Receive(turn, ref end);
        }
    }

    private void PerformAlternative(Turn turn)
    {
        var plan = new StreamPlan(PayloadWork.LineLength, Slots, Sinks: 1, Touch.All);
        station.Meet();
        using IFrameSender? sender = sends ? Alternative.OpenSender(turn.Section, station, plan) : null;
        station.Meet();
        using IFrameReceiver? receiver = sends
            ? null
            : Alternative.OpenReceiver(turn.Section, station, plan, number: 0);
        sender?.Connect();
        station.Meet();
        if (sender is not null)
        {
            var end = new AlternativeSendingEnd(sender);
            Send(turn, ref end);
        }
        else if (receiver is not null)
        {
            var end = new AlternativeReceivingEnd(receiver);
            Receive(turn, ref end);
        }

        station.Meet();
    }

    /// <summary>A section is <c>pool-MODE</c>, then <c>/SIZE</c> of a buffer, then <c>/POLICY</c>.</summary>
    private void PerformPool(Turn turn)
    {
        string[] parts = turn.Section["pool-".Length..].Split('/');
        bool awaits = parts[0].StartsWith(Awaiting, StringComparison.Ordinal);
        WaitMode mode = Enum.Parse<WaitMode>(awaits ? parts[0][Awaiting.Length..] : parts[0], ignoreCase: true);
        int size = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : BufferSize;
        OverflowPolicy policy = parts.Length > 2 ? PoolChoice.PolicyOf(parts[2]) : OverflowPolicy.Block;
        int buffers = size > LargestInSlots ? LargeBuffers : Slots;
        station.Meet();
        using Producer? producer = sends ? station.CreatePool("paced", size, buffers, _receivers, WaitMode.Spin) : null;
        station.Meet();
        using Consumer? consumer = sends ? null : station.OpenPool("paced", mode, policy);
        station.Meet();
        if (producer is not null)
        {
            var sender = new PoolSendingEnd(producer, pullsAhead: true, timestamp: null);
            Send(turn, ref sender);
        }
        else if (consumer is not null && awaits)
        {
            AwaitingReceiver.ReceiveAsync(consumer, TimesOf(turn), Uncounted(turn), EndMark).Wait();
        }
        else if (consumer is not null)
        {
            var receiver = new PoolReceivingEnd(consumer, pushesAtOnce: false);
            Receive(turn, ref receiver);
        }

        station.Meet();
    }

    private int Uncounted(Turn turn) =>
        turn.IsWarmUp ? station.Words.Number("warm-frames")
            : Math.Max(SettlingFrames, station.Words.Number("rate") / SettlingShare);

    private int Counted(Turn turn) => turn.IsWarmUp ? 0 : station.Words.Number("frames") / station.Rounds;

    private bool Counts(Turn turn) => !turn.IsWarmUp && _reports;

    private Histogram TimesOf(Turn turn) => Counts(turn) ? station.Ledger.TimesOf(turn.Section) : _uncounted;

    private void Send<TSender>(Turn turn, ref TSender sender)
        where TSender : ISendingEnd, allows ref struct
    {
        long period = NanosecondsPerSecond / station.Words.Number("rate");
        int count = Uncounted(turn) + Counted(turn);
        long due = MonotonicClock.Nanoseconds + LeadNanoseconds;
        for (int i = 0; i < count; i++, due += period)
        {
            sender.Prepare();
            WaitUntil(due);
            sender.Send((ulong)due);
        }

        sender.Prepare();
        WaitUntil(due);
        sender.Send(EndMark);
    }

    private void WaitUntil(long due)
    {
        if (_isIdleBetweenFrames)
        {
            Idle.For(TimeSpan.FromMicroseconds((due - MonotonicClock.Nanoseconds - SpinNanoseconds) / 1e3));
        }

        while (MonotonicClock.Nanoseconds < due)
        {
            // If it slept until the frame is due, the schedule would be late by as much as the wake-ups that are
            // measured.
        }
    }

    private void Receive<TReceiver>(Turn turn, ref TReceiver receiver)
        where TReceiver : IReceivingEnd, allows ref struct
    {
        // A receiver that may lose frames may be at the end already.
        bool goesOn = true;
        for (int i = Uncounted(turn); goesOn && i > 0; i--)
        {
            goesOn = ReceiveOne(_uncounted, ref receiver);
        }

        Histogram times = TimesOf(turn);
        long start = MonotonicClock.Nanoseconds;
        long used = Processors.ThreadTime();
        while (goesOn && ReceiveOne(times, ref receiver))
        {
            // Until the sender ends.
        }

        if (Counts(turn))
        {
            station.Ledger.AddQuotient($"{turn.Section}.cpu", 100.0 * (Processors.ThreadTime() - used),
                MonotonicClock.Nanoseconds - start);
        }
    }

    /// <returns>False when the sender has ended.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool ReceiveOne<TReceiver>(Histogram times, ref TReceiver receiver)
        where TReceiver : IReceivingEnd, allows ref struct
    {
        ulong due = receiver.Receive();
        long now = MonotonicClock.Nanoseconds;
        receiver.Finish();
        if (due == EndMark)
        {
            return false;
        }

        times.Record(now - (long)due);
        return true;
    }
}
