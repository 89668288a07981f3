using System.IO.Pipelines;
using System.Text.Json;
using Bips.Tests.Actor;
using Bips.Tests.Support;

namespace Bips.Tests.Pipelines;

/// <summary>
/// What a writer into a pool does that no other pipe can: frames of a limited size in buffers of a limited number.
/// </summary>
public sealed class FrameWriterTests : PoolFixture
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Test]
    public async Task Flush_is_one_frame_and_flush_of_nothing_is_none()
    {
        Producer producer = CreateProducer();
        PipeWriter writer = producer.AsPipeWriter();
        Consumer consumer = OpenConsumer();
        await writer.FlushAsync();
        writer.GetSpan(3)[2] = 1;
        writer.Advance(3);
        writer.GetSpan(4)[3] = 2;
        writer.Advance(4);
        await writer.FlushAsync();
        await writer.FlushAsync();
        Assert.That(producer.Published, Is.EqualTo(1));
        Assert.That(consumer.TryPull(out ReadLease lease), Is.True);
        Assert.That(lease.Span.ToArray(), Is.EqualTo(new byte[] { 0, 0, 1, 0, 0, 0, 2 }));
        lease.Push();
        await writer.CompleteAsync();
        Assert.That(consumer.Pull(out _, TimeSpan.Zero), Is.EqualTo(PullStatus.EndOfStream));
    }

    [Test]
    public async Task More_than_a_buffer_holds_is_refused_with_the_sizes_and_what_was_written_stays()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 100 });
        PipeWriter writer = producer.AsPipeWriter(new FramePipeWriterOptions { LeaveOpen = true });
        Consumer consumer = OpenConsumer();
        writer.GetSpan(60)[..60].Fill(1);
        writer.Advance(60);
        string told = Assert.Throws<ArgumentOutOfRangeException>(() => writer.GetSpan(41))!.Message;
        Assert.That(told, Does.Contain("at most 100 bytes; 60 are written, 40 are left, and 41 are asked for"));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await writer.WriteAsync(new byte[41]).ConfigureAwait(false));
        Assert.That(writer.UnflushedBytes, Is.EqualTo(60));
        await writer.WriteAsync(new byte[40]);
        Assert.That(consumer.TryPull(out ReadLease lease), Is.True);
        Assert.That(lease.Length, Is.EqualTo(100));
        lease.Push();
        writer.GetSpan(100);
        writer.Advance(100);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.GetMemory());
        await writer.CompleteAsync();
    }

    [Test]
    public async Task Memory_asked_for_while_no_buffer_is_free_is_refused_until_one_is()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 100, BufferCount = 3 });
        PipeWriter writer = producer.AsPipeWriter();
        Consumer consumer = OpenConsumer();
        await writer.WriteAsync(new byte[1]);
        await writer.WriteAsync(new byte[1]);
        ValueTask<FlushResult> pending = writer.WriteAsync(new byte[1]);
        Assert.That(pending.IsCompleted, Is.False);
        Assert.Throws<InvalidOperationException>(() => writer.GetMemory());
        writer.CancelPendingFlush();
        Assert.That((await pending).IsCanceled, Is.True);
        Assert.That(Assert.Throws<InvalidOperationException>(
            () => writer.GetMemory())!.Message, Does.Contain("Await FlushAsync"));
        pending = writer.FlushAsync();
        Assert.That(pending.IsCompleted, Is.False);
        for (int i = 0; i < 3; i++)
        {
            Assert.That(consumer.TryPull(out ReadLease lease), Is.True);
            lease.Push();
        }

        await pending.AsTask().WaitAsync(s_patience);
        Assert.That(writer.GetMemory().Length, Is.EqualTo(100));
        await writer.CompleteAsync();
    }

    [Test]
    public async Task Writer_that_fails_publishes_nothing_more_and_leaves_the_pool_to_a_successor()
    {
        Producer producer = CreateProducer();
        PipeWriter writer = producer.AsPipeWriter();
        Consumer consumer = OpenConsumer();
        await writer.WriteAsync(new byte[1]);
        writer.GetSpan(5);
        writer.Advance(5);
        await writer.CompleteAsync(new InvalidDataException("broken"));
        Assert.That(producer.Pulls.IsDetached, Is.True);
        Assert.That(consumer.Pull(out ReadLease lease, s_patience), Is.EqualTo(PullStatus.Success));
        Assert.That(lease.Length, Is.EqualTo(1));
        lease.Push();
        Assert.That(consumer.Pull(out _, s_patience), Is.EqualTo(PullStatus.ProducerLost));
        Producer successor = CreateProducer();
        Assert.That(successor.IsTakeOver, Is.True);
        Send(successor);
        Assert.That(TakeSequence(consumer), Is.EqualTo(2));
    }

    [Test]
    public async Task Writer_that_leaves_its_producer_open_ends_nothing_but_itself()
    {
        Producer producer = CreateProducer();
        PipeWriter writer = producer.AsPipeWriter(new FramePipeWriterOptions { LeaveOpen = true });
        Consumer consumer = OpenConsumer();
        writer.GetSpan(5);
        writer.Advance(5);
        await writer.CompleteAsync(new InvalidDataException("broken"));
        Send(producer);
        Assert.That(TakeSequence(consumer), Is.EqualTo(1));
    }

    [Test]
    public async Task Pool_that_nobody_reads_is_written_all_the_same_unless_asked_otherwise()
    {
        PipeWriter writer = CreateProducer().AsPipeWriter(new FramePipeWriterOptions { LeaveOpen = true });
        OpenConsumer().Dispose();
        Assert.That((await writer.WriteAsync(new byte[1])).IsCompleted, Is.False);
        await writer.CompleteAsync();
    }

    [Test]
    public async Task Document_that_a_serializer_flushes_in_parts_arrives_whole_in_a_joined_reader()
    {
        Reading[] document = [.. Enumerable.Range(0, 5_000).Select(i => new Reading(i, i / 2f, -i, (byte)i))];
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 32 << 10, BufferCount = 6 });
        PipeWriter writer = producer.AsPipeWriter();
        PipeReader reader = OpenConsumer(new ConsumerOptions { MaximumHeld = 3 })
            .AsPipeReader(new FramePipeReaderOptions { JoinFrames = true });
        ValueTask<Reading[]?> reading = JsonSerializer.DeserializeAsync<Reading[]>(reader.AsStream());
        await JsonSerializer.SerializeAsync(writer, document).WaitAsync(s_patience);
        Assert.That(producer.Published, Is.GreaterThan(5));
        await writer.CompleteAsync();
        Assert.That(await reading.AsTask().WaitAsync(s_patience), Is.EqualTo(document));
        await reader.CompleteAsync();
    }
}
