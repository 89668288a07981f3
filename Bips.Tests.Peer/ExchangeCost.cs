using System.Diagnostics;
using System.Globalization;

namespace Bips.Tests.Peer;

/// <summary>
/// What the four calls of a frame cost: one thread pulls and pushes as the producer, then as the consumer, so nobody
/// waits. For each line on standard input it measures once and prints nanoseconds per frame.
/// </summary>
internal static class ExchangeCost
{
    private const int Frames = 200_000;

    public static void Measure(PeerOptions options)
    {
        using var producer = Producer.Create(options.Name, new PoolOptions { BufferSize = options.Size });
        using var consumer = Consumer.Open(options.Name);
        Exchange(producer, consumer, options.Size);
        while (Console.ReadLine() is not null)
        {
            long start = Stopwatch.GetTimestamp();
            Exchange(producer, consumer, options.Size);
            double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Frames;
            Console.WriteLine(nanoseconds.ToString("0.0", CultureInfo.InvariantCulture));
        }
    }

    private static void Exchange(Producer producer, Consumer consumer, int size)
    {
        for (int i = 0; i < Frames; i++)
        {
            producer.Pull(out WriteLease lease);
            lease.Push(size);
            consumer.Pull(out ReadLease frame);
            frame.Push();
        }
    }
}
