using System.Diagnostics;
using System.Globalization;

namespace Bips.Tests.Peer;

/// <summary>
/// What one frame costs that is pulled and pushed by a producer and then by a consumer on the same thread, so that nobody waits:
/// the calls alone. For each line on standard input it measures once and prints nanoseconds per frame.
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
