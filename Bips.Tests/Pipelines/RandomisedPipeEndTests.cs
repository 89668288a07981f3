using System.IO.Pipelines;
using Bips.Memory;
using Bips.Signaler;
using Bips.Tests.Async;
using Bips.Tests.Support;

namespace Bips.Tests.Pipelines;

/// <summary>
/// Whatever ends a read or flush that waits, and however many things at once, it ends once, and no frame is lost or
/// kept.
/// </summary>
public sealed class RandomisedPipeEndTests(bool waitv) : WaitvFixture(waitv)
{
    private const int Workers = 48;
    private const int LongestPause = 3000;
    private static readonly PoolOptions s_small = new() { BufferSize = 64, BufferCount = 3 };
    private static readonly PipeEnd[] s_ends = Enum.GetValues<PipeEnd>();

    [Test]
    public async Task Read_and_flush_end_by_what_ended_them_and_keep_nothing()
    {
        List<Exception> unobserved = [];
        EventHandler<UnobservedTaskExceptionEventArgs> note = (_, told) =>
        {
            lock (unobserved)
            {
                unobserved.Add(told.Exception);
            }
        };
        TaskScheduler.UnobservedTaskException += note;
        int rounds = (Soak.Times(3000, 100_000) + Workers - 1) / Workers;
        await Task.WhenAll(Enumerable.Range(
            0, Workers).Select(worker => Task.Run(() => Work(new Random(worker), $"{Name}-{worker}", rounds))));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException -= note;
        Assert.That(unobserved, Is.Empty);
    }

    private static async Task Work(Random random, string name, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            PipeEnd first = s_ends[random.Next(s_ends.Length)];
            PipeEnd second = random.Next(2) == 0 ? first : s_ends[random.Next(s_ends.Length)];
            await (random.Next(2) == 0
                ? Read(random, name, [first, second])
                : Flush(random, name, [first, second])).ConfigureAwait(false);
        }
    }

    private static async Task Read(Random random, string name, PipeEnd[] ends)
    {
        using var producer = Producer.Create(name, s_small);
        using var consumer = Consumer.Open(name);
        using var cancellation = new CancellationTokenSource();
        PipeReader reader = consumer.AsPipeReader(
            new FramePipeReaderOptions { LeaveOpen = random.Next(2) == 0, JoinFrames = random.Next(2) == 0 });
        bool isSent = false;
        Task<string> outcome = Outcome(ReadOnce(reader, cancellation.Token));
        await Fire(random, ends, end =>
        {
            switch (end)
            {
                case PipeEnd.Delivery:
                    producer.Pull(out WriteLease lease);
                    lease.Push(8);
                    isSent = true;
                    break;
                case PipeEnd.Request:
                    reader.CancelPendingRead();
                    break;
                case PipeEnd.Cancellation:
                    cancellation.Cancel();
                    break;
                case PipeEnd.Completion:
                    reader.Complete();
                    break;
                case PipeEnd.PeerEnds:
                    producer.Dispose();
                    break;
                default:
                    LivenessLock.Release(producer.Memory.File, PoolMemory.ProducerLockOffset);
                    break;
            }
        }).ConfigureAwait(false);
        string ended = await outcome.WaitAsync(Patience).ConfigureAwait(false);
        Assert.That(
            ends.Select(end => Expected(end, "frame", "end", nameof(PullStatus.ProducerLost))), Does.Contain(ended));
        if (isSent && !ends.Contains(PipeEnd.Completion) && ended is not "frame")
        {
            Assert.That(await NextFrame(
                reader).WaitAsync(Patience).ConfigureAwait(false), Is.EqualTo("frame"), $"after {ended}");
        }

        await reader.CompleteAsync().ConfigureAwait(false);
        consumer.Dispose();
        Assert.That(consumer.Pulls.IsDetached, Is.True, $"the reader keeps a frame after {ended}");
    }

    private static async Task Flush(Random random, string name, PipeEnd[] ends)
    {
        using var producer = Producer.Create(name, s_small);
        using var consumer = Consumer.Open(name);
        using var cancellation = new CancellationTokenSource();
        PipeWriter writer = producer.AsPipeWriter(new FramePipeWriterOptions { LeaveOpen = random.Next(2) == 0 });
        for (int i = 1; i < s_small.BufferCount; i++)
        {
            await writer.WriteAsync(new byte[8], CancellationToken.None).ConfigureAwait(false);
        }

        Task<string> outcome = Outcome(FlushOnce(writer, cancellation.Token));
        await Fire(random, ends, end =>
        {
            switch (end)
            {
                case PipeEnd.Delivery:
                    consumer.TryPull(out ReadLease lease);
                    lease.Dispose();
                    break;
                case PipeEnd.Request:
                    writer.CancelPendingFlush();
                    break;
                case PipeEnd.Cancellation:
                    cancellation.Cancel();
                    break;
                case PipeEnd.Completion:
                    writer.Complete();
                    break;
                default:
                    consumer.Dispose();
                    break;
            }
        }).ConfigureAwait(false);
        string ended = await outcome.WaitAsync(Patience).ConfigureAwait(false);
        Assert.That(ends.Select(end => Expected(end, "buffer", "buffer", "buffer")), Does.Contain(ended));
        Assert.That(producer.Published, Is.EqualTo(s_small.BufferCount), "what was flushed is out, however the wait " +
            "ends");
        await writer.CompleteAsync().ConfigureAwait(false);
        producer.Dispose();
        Assert.That(producer.Pulls.IsDetached, Is.True, $"the writer keeps a buffer after {ended}");
    }

    /// <summary>Does each at a random moment, one after the other or both at once.</summary>
    private static async Task Fire(Random random, PipeEnd[] ends, Action<PipeEnd> fire)
    {
        PipeEnd[] distinct = [.. ends.Distinct()];
        int[] pauses = [.. distinct.Select(_ => random.Next(LongestPause))];
        await Task.WhenAll(distinct.Select((end, i) => Task.Run(() =>
        {
            Thread.SpinWait(pauses[i]);
            try
            {
                fire(end);
            }
            catch (ObjectDisposedException)
            {
                // The other end came first.
            }
        }))).ConfigureAwait(false);
    }

    private static string Expected(PipeEnd end, string delivered, string peerEnded, string peerDied) => end switch
    {
        PipeEnd.Delivery => delivered,
        PipeEnd.Request => "canceled",
        PipeEnd.Cancellation => nameof(OperationCanceledException),
        PipeEnd.Completion => nameof(InvalidOperationException),
        PipeEnd.PeerEnds => peerEnded,
        _ => peerDied,
    };

    private static async Task<string> ReadOnce(PipeReader reader, CancellationToken cancellation)
    {
        ReadResult result = await reader.ReadAsync(cancellation).ConfigureAwait(false);
        return !result.Buffer.IsEmpty ? "frame" : result.IsCanceled ? "canceled" : "end";
    }

    /// <summary>
    /// The frame that the first read did not get; a request that came too late for that one may come first.
    /// </summary>
    private static async Task<string> NextFrame(PipeReader reader)
    {
        string next = await ReadOnce(reader, CancellationToken.None).ConfigureAwait(false);
        return next is "canceled" ? await ReadOnce(reader, CancellationToken.None).ConfigureAwait(false) : next;
    }

    private static async Task<string> FlushOnce(PipeWriter writer, CancellationToken cancellation)
    {
        FlushResult result = await writer.WriteAsync(new byte[8], cancellation).ConfigureAwait(false);
        return result.IsCanceled ? "canceled" : "buffer";
    }

    private static async Task<string> Outcome(Task<string> operation)
    {
        try
        {
            return await operation.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return nameof(OperationCanceledException);
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            return nameof(InvalidOperationException);
        }
        catch (BipsException e)
        {
            return e.Error.ToString();
        }
    }
}
