using System.IO.Pipelines;
using System.Text.Json;
using Bips.Tests.Support;

namespace Bips.Tests.Pipelines;

/// <summary>Frames through both adapters allocate nothing in the steady state, whether reads and flushes wait or not.</summary>
public sealed class PipeAllocationTests : PoolFixture
{
    private const int Frames = 2000;

    /// <summary>
    /// Less than one object of the smallest size per frame: where a wait goes from thread to thread, the runtime's pool of state machines misses
    /// now and then.
    /// </summary>
    private const long Noise = Frames * 24;

    [Test]
    public async Task Json_through_reads_and_flushes_that_need_not_wait([Values] bool join)
    {
        (PipeWriter writer, PipeReader reader) = OpenPipe(join);
        await using var json = new Utf8JsonWriter(writer);
        ExchangeAtOnce(json, writer, reader, 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ExchangeAtOnce(json, writer, reader, Frames);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        await reader.CompleteAsync();
        await writer.CompleteAsync();
    }

    [Test]
    [NonParallelizable]
    public async Task Reads_that_wait()
    {
        (PipeWriter writer, PipeReader reader) = OpenPipe(join: false);
        using var source = new CancellationTokenSource();
        await PingAsync(writer, reader, 200, source.Token);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await PingAsync(writer, reader, Frames, source.Token);
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(Noise));
        await reader.CompleteAsync();
        await writer.CompleteAsync();
    }

    [Test]
    [NonParallelizable]
    public async Task Flushes_that_wait()
    {
        (PipeWriter writer, PipeReader reader) = OpenPipe(join: false);
        using var source = new CancellationTokenSource();
        await PongAsync(writer, reader, 200, source.Token);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await PongAsync(writer, reader, Frames, source.Token);
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(Noise));
        await reader.CompleteAsync();
        await writer.CompleteAsync();
    }

    private (PipeWriter Writer, PipeReader Reader) OpenPipe(bool join)
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 8192, BufferCount = 4 });
        Consumer consumer = OpenConsumer(new ConsumerOptions { MaximumHeld = join ? 2 : 1 });
        return (producer.AsPipeWriter(), consumer.AsPipeReader(new FramePipeReaderOptions { JoinFrames = join }));
    }

    private static void ExchangeAtOnce(Utf8JsonWriter json, PipeWriter writer, PipeReader reader, int count)
    {
        for (int i = 0; i < count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("i", i);
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            ValueTask<FlushResult> flush = writer.FlushAsync();
            ValueTask<ReadResult> read = reader.ReadAsync();
            if (!flush.IsCompletedSuccessfully || !read.IsCompletedSuccessfully || flush.Result.IsCompleted)
            {
                throw new InvalidOperationException("something had to wait");
            }

            reader.AdvanceTo(read.Result.Buffer.End);
        }
    }

    private static async Task PingAsync(PipeWriter writer, PipeReader reader, int count, CancellationToken cancellation)
    {
        for (int i = 0; i < count; i++)
        {
            ValueTask<ReadResult> read = reader.ReadAsync(cancellation);
            if (read.IsCompleted)
            {
                throw new InvalidOperationException("the read need not wait");
            }

            writer.GetSpan(8);
            writer.Advance(8);
            await writer.FlushAsync(cancellation).ConfigureAwait(false);
            reader.AdvanceTo((await read.ConfigureAwait(false)).Buffer.End);
        }
    }

    private static async Task PongAsync(PipeWriter writer, PipeReader reader, int count, CancellationToken cancellation)
    {
        for (int i = 0; i < count; i++)
        {
            ValueTask<FlushResult> flush;
            do
            {
                writer.GetSpan(8);
                writer.Advance(8);
                flush = writer.FlushAsync(cancellation);
            }
            while (flush.IsCompletedSuccessfully && !flush.Result.IsCanceled);
            while (reader.TryRead(out ReadResult result))
            {
                reader.AdvanceTo(result.Buffer.End);
            }

            await flush.ConfigureAwait(false);
        }
    }
}
