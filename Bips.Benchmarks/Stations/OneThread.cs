using System.Runtime.CompilerServices;
using Bips.Benchmarks.Raw;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>
/// What the four calls of a frame cost when one thread makes all of them, so that no line travels between cores.
/// </summary>
internal sealed unsafe class OneThread(Station station)
{
    private const int FrameSize = 1024;
    private const int BufferCount = 8;
    private const int FramesPerBatch = 1000;

    /// <summary>Memory for the rings.</summary>
    public static int MemoryLength => 2 * IndexRing.Length;

    public void Perform()
    {
        foreach (Turn turn in station.Turns)
        {
            if (turn.Section is "ring")
            {
                PassThroughRings(turn);
            }
            else
            {
                PassThroughPool(turn);
            }
        }
    }

    private void PassThroughRings(Turn turn)
    {
        new Span<byte>(station.Memory, MemoryLength).Clear();
        var there = new IndexRing(station.Memory);
        var back = new IndexRing(station.Memory + IndexRing.Length);
        var rings = new Rings { PutOut = there, TakeOut = there, PutBack = back, TakeBack = back };
        for (uint i = 0; i < BufferCount; i++)
        {
            rings.PutBack.TryPut(i);
        }

        Measure(turn, ref rings, static (ref rings) => rings.Pass());
    }

    private void PassThroughPool(Turn turn)
    {
        using Producer producer = station.CreatePool("one-thread", FrameSize, BufferCount, consumers: 1, WaitMode.Spin);
        using Consumer consumer = station.OpenPool("one-thread", WaitMode.Spin, OverflowPolicy.Block);
        var pool = new Pool(producer, consumer, turn.Section is "pool" ? null : 1);
        Measure(turn, ref pool, static (ref pool) => pool.Pass());
    }

    private void Measure<TPath>(Turn turn, ref TPath path, Batch<TPath> pass)
    {
        Run(station.UncountedTime(turn), ref path, pass);
        (long nanoseconds, long frames) = Run(station.CountedTime(turn), ref path, pass);
        station.Ledger.AddQuotient(turn.Section, nanoseconds, frames);
    }

    private static (long Nanoseconds, long Frames) Run<TPath>(TimeSpan time, ref TPath path, Batch<TPath> pass)
    {
        long start = MonotonicClock.Nanoseconds;
        long frames = 0;
        Deadline deadline = Deadline.After(time);
        while (!deadline.HasPassed)
        {
            pass(ref path);
            frames += FramesPerBatch;
        }

        return (MonotonicClock.Nanoseconds - start, frames);
    }

    private delegate void Batch<TPath>(ref TPath path);

    private struct Rings
    {
        public IndexRing PutOut;
        public IndexRing TakeOut;
        public IndexRing PutBack;
        public IndexRing TakeBack;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Pass()
        {
            for (int i = 0; i < FramesPerBatch; i++)
            {
                TakeBack.TryTake(out uint index);
                PutOut.TryPut(index);
                TakeOut.TryTake(out uint taken);
                PutBack.TryPut(taken);
            }
        }
    }

    private readonly struct Pool(Producer producer, Consumer consumer, long? timestamp)
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Pass()
        {
            for (int i = 0; i < FramesPerBatch; i++)
            {
                producer.Pull(out WriteLease buffer);
                buffer.Push(FrameSize, timestamp: timestamp);
                consumer.Pull(out ReadLease frame);
                frame.Push();
            }
        }
    }
}
