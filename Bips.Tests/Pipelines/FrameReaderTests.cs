using System.IO.Pipelines;
using System.Text.Json;
using Bips.Tests.Actor;
using Bips.Tests.Support;

namespace Bips.Tests.Pipelines;

/// <summary>
/// What a reader of a pool does that no other pipe can: frames in shared memory, few of them, from a producer that may
/// die.
/// </summary>
public sealed class FrameReaderTests : PoolFixture
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Test]
    public async Task Read_is_one_frame_and_lies_where_the_lease_does()
    {
        Producer producer = CreateProducer();
        Consumer beside = OpenConsumer();
        PipeReader reader = OpenConsumer().AsPipeReader();
        Send(producer, length: 10, count: 2);
        for (int i = 0; i < 2; i++)
        {
            ReadResult result = await reader.ReadAsync();
            using StoredReadLease frame = Take(beside);
            Assert.That(result.Buffer.IsSingleSegment, Is.True);
            Assert.That(result.Buffer.Length, Is.EqualTo(10));
            Assert.That(
                PhysicalMemory.FrameOf(result.Buffer.FirstSpan), Is.EqualTo(PhysicalMemory.FrameOf(frame.Span)));
            reader.AdvanceTo(result.Buffer.End);
        }

        await reader.CompleteAsync();
    }

    [Test]
    public async Task Frame_is_held_until_it_is_consumed_to_its_end()
    {
        Producer producer = CreateProducer();
        PipeReader reader = OpenConsumer().AsPipeReader();
        Send(producer, length: 10);
        ReadResult result = await reader.ReadAsync();
        reader.AdvanceTo(result.Buffer.GetPosition(9));
        Assert.That(producer.Consumers()[0].Held, Is.EqualTo(1));
        result = await reader.ReadAsync();
        reader.AdvanceTo(result.Buffer.End);
        Assert.That(producer.Consumers()[0].Held, Is.Zero);
        await reader.CompleteAsync();
        Assert.That(producer.Consumers(), Is.Empty);
    }

    [Test]
    public async Task Joined_read_is_all_frames_that_are_there_and_may_be_held()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 16, BufferCount = 8 });
        Consumer consumer = OpenConsumer(new ConsumerOptions { MaximumHeld = 3 });
        PipeReader reader = consumer.AsPipeReader(new FramePipeReaderOptions { JoinFrames = true });
        Send(producer, length: 10, count: 5);
        ReadResult result = await reader.ReadAsync();
        Assert.That(result.Buffer.Length, Is.EqualTo(30));
        reader.AdvanceTo(result.Buffer.GetPosition(15));
        Assert.That(producer.Consumers()[0].Held, Is.EqualTo(2));
        result = await reader.ReadAsync();
        Assert.That(result.Buffer.Length, Is.EqualTo(25));
        reader.AdvanceTo(result.Buffer.End);
        await reader.CompleteAsync();
    }

    [Test]
    public async Task Reader_that_consumes_nothing_of_all_that_it_may_hold_is_told_so()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer(new ConsumerOptions { MaximumHeld = 2 });
        PipeReader reader = consumer.AsPipeReader();
        Send(producer, length: 10, count: 3);
        for (int i = 0; i < 2; i++)
        {
            ReadResult held = await reader.ReadAsync();
            reader.AdvanceTo(held.Buffer.Start, held.Buffer.End);
        }

        BipsException error = (
            await Assert.ThrowsAsync<BipsException>(() => reader.ReadAsync().AsTask().WaitAsync(s_patience)))!;
        Assert.That(error.Error, Is.EqualTo(BipsError.LeaseLimit));
        Assert.That(error.Message, Does.Contain(
            "20 bytes").And.Contain("2 frames").And.Contain(nameof(ConsumerOptions.MaximumHeld)));
        Fails(BipsError.LeaseLimit, () => reader.TryRead(out _));
        await reader.CompleteAsync();
    }

    [Test]
    public async Task Frame_without_bytes_is_skipped()
    {
        Producer producer = CreateProducer();
        PipeReader reader = OpenConsumer().AsPipeReader();
        Send(producer, length: 0);
        Assert.That(reader.TryRead(out _), Is.False);
        Task<ReadResult> pending = reader.ReadAsync().AsTask();
        Send(producer, length: 0);
        Send(producer, length: 7);
        ReadResult result = await pending.WaitAsync(s_patience);
        Assert.That(result.Buffer.Length, Is.EqualTo(7));
        reader.AdvanceTo(result.Buffer.End);
        await reader.CompleteAsync();
    }

    [Test]
    public async Task Read_fails_when_the_producer_is_killed_and_goes_on_with_its_successor()
    {
        ActorProcess first = StartActor();
        first.Do($"create name={Name}");
        PipeReader reader = OpenConsumer().AsPipeReader();
        first.Do("send length=10");
        ReadResult result = await reader.ReadAsync().AsTask().WaitAsync(s_patience);
        reader.AdvanceTo(result.Buffer.End);
        Task<ReadResult> pending = reader.ReadAsync().AsTask();
        first.Kill();
        BipsException error = (await Assert.ThrowsAsync<BipsException>(() => pending.WaitAsync(s_patience)))!;
        Assert.That(error.Error, Is.EqualTo(BipsError.ProducerLost));

        ActorProcess second = StartActor();
        Assert.That(second.Do($"create name={Name}"), Does.StartWith("ok take-over"));
        second.Do("send length=20");
        result = await reader.ReadAsync().AsTask().WaitAsync(s_patience);
        Assert.That(result.Buffer.Length, Is.EqualTo(20));
        reader.AdvanceTo(result.Buffer.End);
        await reader.CompleteAsync();
        second.Do("close-producer");
    }

    [Test]
    public async Task Reader_that_leaves_its_consumer_open_gives_back_what_it_read()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer();
        PipeReader reader = consumer.AsPipeReader(new FramePipeReaderOptions { LeaveOpen = true });
        Send(producer, length: 10, count: 2);
        await reader.ReadAsync();
        await reader.CompleteAsync();
        Assert.That(TakeSequence(consumer), Is.EqualTo(2));
    }

    [Test]
    public async Task Completion_ends_a_pending_read_of_a_consumer_that_stays_open()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer();
        PipeReader reader = consumer.AsPipeReader(new FramePipeReaderOptions { LeaveOpen = true });
        Task<ReadResult> pending = reader.ReadAsync().AsTask();
        await reader.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => pending.WaitAsync(s_patience));
        Send(producer);
        Assert.That(TakeSequence(consumer), Is.EqualTo(1));
    }

    [Test]
    public async Task Json_is_read_at_the_place_where_the_other_process_wrote_it()
    {
        const int count = 20;
        ActorProcess writer = StartActor();
        writer.Do($"create name={Name} size=8192 buffers=4");
        PipeReader reader = OpenConsumer().AsPipeReader();
        writer.Say($"write-json count={count}");
        var places = new List<string>();
        while (await reader.ReadAsync().AsTask().WaitAsync(s_patience) is { IsCompleted: false } read)
        {
            var json = new Utf8JsonReader(read.Buffer);
            Reading reading = JsonSerializer.Deserialize<Reading>(ref json);
            Assert.That(
                reading, Is.EqualTo(new Reading(places.Count, places.Count / 2f, -places.Count, (byte)places.Count)));
            places.Add(MappedPlace.Of(read.Buffer.FirstSpan));
            reader.AdvanceTo(read.Buffer.End);
        }

        Assert.That(places, Has.Count.EqualTo(count).And.All.Not.Empty);
        Assert.That(places.Distinct(StringComparer.Ordinal).Count(), Is.EqualTo(4), "not every buffer was used");
        Assert.That(writer.Answer(), Is.EqualTo($"ok {string.Join(' ', places)}"));
        await reader.CompleteAsync();
    }
}
