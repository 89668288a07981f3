using System.Globalization;
using System.Security.Cryptography;

namespace Bips.Torture;

/// <summary>
/// Publishes frames until it is killed, or told to end the stream, or has published as many as it should.
/// </summary>
internal static class ProducerRole
{
    /// <summary>
    /// After this many frames the producer pauses for a millisecond, which leaves the processors to processes that
    /// start.
    /// </summary>
    private const ulong FramesPerPause = 20;

    public static PoolOptions Options => new()
    {
        BufferSize = 2048,
        BufferCount = 12,
        History = 2,
        WriteLeases = 2,
        MaximumConsumers = 8,
        Format = "application/x-torture",
        OnEviction = eviction => Console.WriteLine($"fault evicted {eviction}"),
    };

    /// <param name="name">The pool.</param>
    /// <param name="frames">After how many frames to end the stream; 0 for never.</param>
    public static int Run(string name, int frames)
    {
        ulong self = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        using var stop = new CancellationTokenSource();
        using Producer producer = Producer.Create(name, Options);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"created {(producer.IsTakeOver ? "take-over" : "new")} {producer.Pool.Id} {producer.Published}"));
        _ = Task.Run(() => StopAtEndOfInput(stop));
        try
        {
            for (int i = 0; (frames == 0 || i < frames) && !stop.IsCancellationRequested; i++)
            {
                Publish(producer, self, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to end the stream.
        }

        ulong published = producer.Published;
        UInt128 pool = producer.Pool.Id;
        producer.Dispose();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"closed {pool} {published}"));
        return 0;
    }

    /// <summary>Now and then writes into a second buffer that it gives back unpublished.</summary>
    private static void Publish(Producer producer, ulong self, CancellationToken stop)
    {
        producer.Pull(out WriteLease lease, Timeout.InfiniteTimeSpan, stop);
        if (producer.Published % 5 == 0 && producer.TryPull(out WriteLease discarded))
        {
            Payload.Fill(discarded.Span, self, 0);
            discarded.Dispose();
        }

        ulong next = producer.Published + 1;
        int length = 16 + (int)((next * 56) % 2032);
        Payload.Fill(lease.Span[..length], self, next);
        lease.Push(length);
        if (next % FramesPerPause == 0)
        {
            stop.WaitHandle.WaitOne(1);
        }
    }

    private static void StopAtEndOfInput(CancellationTokenSource stop)
    {
        while (Console.ReadLine() is not null)
        {
            // Only the end counts.
        }

        stop.Cancel();
    }
}
