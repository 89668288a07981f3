using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using Bips.Signaler.Waiting;
using Bips.Tests.Support;

namespace Bips.Tests.Pipelines;

/// <summary>
/// Frames through both adapters allocate nothing in the steady state, whether reads and flushes wait or not.
/// </summary>
public sealed class PipeAllocationTests : PoolFixture
{
    private const int Frames = 2000;
    private const int Waits = 40_000;

    /// <summary>
    /// Bytes in all, however many waits there are: threads that the pool starts meanwhile allocate a kilobyte each. An
    /// object of the smallest size in every fiftieth wait would be more.
    /// </summary>
    private const long Once = 16 << 10;

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
    public void Reads_that_wait([Values] bool join, [Values] bool waitv) => AllocateNothing("read", join, waitv);

    [Test]
    public void Flushes_that_wait([Values] bool waitv) => AllocateNothing("flush", join: false, waitv);

    private void AllocateNothing(string what, bool join, bool waitv)
    {
        ActorProcess actor = waitv ? StartActor() : StartActor("env", $"{FutexVector.Switch}=1");
        string[] answer = actor.Do(
            $"measure-pipe name={Name} what={what} join={(join ? 1 : 0)} rounds={Waits}").Split(' ');
        Assert.That(answer[0], Is.EqualTo("ok"), string.Join(' ', answer));
        Assert.That(int.Parse(answer[2], CultureInfo.InvariantCulture), Is.EqualTo(Waits), "some did not have to wait");
        Assert.That(long.Parse(answer[1], CultureInfo.InvariantCulture), Is.LessThan(Once));
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
}
