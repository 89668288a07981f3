using System.Globalization;
using Bips.Tests.Support;

namespace Bips.Tests.Pool;

/// <summary>Frames get from one process to others whole, in order, without a copy.</summary>
public sealed class ExchangeTests : PoolFixture
{
    [Test]
    public void Consumer_that_starts_before_its_producer_gets_the_first_frame()
    {
        ActorProcess consumer = StartActor();
        consumer.Say($"open name={Name} wait-for-pool=20000");
        ActorProcess producer = StartActor();
        Assert.That(producer.Do($"create name={Name} format=text/plain"), Does.StartWith("ok new"));
        Assert.That(consumer.Answer(), Is.EqualTo("ok 0 text/plain"));
        Assert.That(producer.Do("send length=100"), Is.EqualTo("ok 1"));
        Assert.That(consumer.Do("pull"), Does.StartWith("Success 1 100 intact"));
        producer.Do("close-producer");
    }

    [Test]
    public void Consumer_that_starts_after_its_producer_gets_what_is_pushed_from_then_on()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} history=0");
        producer.Do("send count=5");
        ActorProcess consumer = StartActor();
        Assert.That(consumer.Do($"open name={Name}"), Does.StartWith("ok"));
        producer.Do("send length=0");
        Assert.That(consumer.Do("pull"), Does.StartWith("Success 6 0 intact"));
        producer.Do("close-producer");
    }

    [Test]
    public void First_frame_after_an_attach_is_never_missed(
        [Values("block", "drop-oldest", "latest:8")] string overflow)
    {
        ActorProcess producer = StartActor();
        ActorProcess consumer = StartActor();
        producer.Do($"create name={Name} history=0 buffers=16");
        for (int round = 1; round <= 200; round++)
        {
            consumer.Do($"open name={Name} overflow={overflow}");
            producer.Say("send length=8");
            Assert.That(
                consumer.Do("pull"), Does.StartWith(string.Create(CultureInfo.InvariantCulture, $"Success {round} ")));
            Assert.That(producer.Answer(), Does.StartWith("ok"));
            consumer.Do("close-consumer");
        }

        producer.Do("close-producer");
    }

    [Test]
    public void Length_and_flags_are_those_of_the_frame_however_often_its_buffer_was_used()
    {
        Producer producer = CreateProducer(
            new PoolOptions { BufferSize = 4096, BufferCount = 2, History = 0, Format = "x" });
        Consumer consumer = OpenConsumer();
        (int Length, uint Flags)[] frames = [(10, 1), (
            10, 1), (10, 1), (10, 2), (20, 2), (20, 2), (20, 1), (0, 1), (4096, uint.MaxValue), (0, 0), (1, 0)];
        foreach ((int length, uint flags) in frames)
        {
            producer.Pull(out WriteLease lease);
            lease.Push(length, flags);
            Assert.That(consumer.Pull(out ReadLease frame), Is.EqualTo(PullStatus.Success));
            (int, uint) got = (frame.Length, frame.Flags);
            frame.Push();
            Assert.That(got, Is.EqualTo((length, flags)));
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(7)]
    [TestCase(4095)]
    [TestCase(4096)]
    [TestCase(4097)]
    [TestCase(637 * 479)]
    [TestCase(32 << 20)]
    public void Payload_of_any_size_arrives_identical(int length)
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} size={Math.Max(1, length)} buffers=4 metadata=256");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name}");
        for (int i = 1; i <= 6; i++)
        {
            producer.Do($"send length={length}");
            Assert.That(consumer.Do("pull"), Does.StartWith($"Success {i} {length} intact"));
            consumer.Do("push");
        }

        producer.Do("close-producer");
    }

    [Test]
    public void Two_consumers_read_the_bytes_that_the_producer_wrote_and_no_others()
    {
        Producer producer = CreateProducer();
        Consumer one = OpenConsumer();
        Consumer other = OpenConsumer();
        Send(producer);
        using StoredReadLease first = Take(one);
        using StoredReadLease second = Take(other);
        ulong[] frames = [PhysicalMemory.FrameOf(first.Span), PhysicalMemory.FrameOf(second.Span)];
        producer.Pull(out WriteLease lease);
        Assert.That(lease.BufferIndex, Is.Not.EqualTo(first.BufferIndex));
        Assert.That(frames[0], Is.Not.Zero);
        Assert.That(frames[1], Is.EqualTo(frames[0]), "the consumers see different physical pages");
        Assert.That(PhysicalMemory.FrameOf(lease.Span), Is.Not.EqualTo(frames[0]));
        lease.Dispose();
    }

    [Test]
    public void Blocking_consumers_get_every_frame_in_order_whatever_their_speed()
    {
        const int frames = 20_000;
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} size=4096 buffers=6 metadata=24");
        ActorProcess[] consumers = [StartActor(), StartActor(), StartActor()];
        for (int i = 0; i < consumers.Length; i++)
        {
            consumers[i].Do($"open name={Name} mode={(i == 0 ? "Sleep" : "Balanced")}");
            consumers[i].Say($"receive seed={i} pauses={i}");
        }

        Assert.That(producer.Do($"send count={frames} pauses=1"), Is.EqualTo($"ok {frames}"));
        producer.Do("close-producer");
        foreach (ActorProcess consumer in consumers)
        {
            Assert.That(consumer.Answer(), Is.EqualTo($"EndOfStream {frames} 0 1 {frames}"));
        }
    }

    [Test]
    public void Format_timestamp_flags_and_metadata_arrive_with_the_frame()
    {
        Producer producer = CreateProducer(
            new PoolOptions { BufferSize = 10, MetadataSize = 4, Format = "video/x-raw,format=Ü" });
        Consumer consumer = OpenConsumer();
        producer.Pull(out WriteLease first);
        first.Metadata[3] = 7;
        first.Push(1, flags: 0xFFFF_FFFF, timestamp: 123_456_789);
        producer.Pull(out WriteLease second);
        long before = Bips.Signaler.MonotonicClock.Nanoseconds;
        second.Push(2);
        long after = Bips.Signaler.MonotonicClock.Nanoseconds;

        Assert.That(consumer.Pool.Format, Is.EqualTo("video/x-raw,format=Ü"));
        using (StoredReadLease frame = TakeUnchecked(consumer))
        {
            Assert.That(frame.Metadata.ToArray(), Is.EqualTo(new byte[] { 0, 0, 0, 7 }));
            Assert.That(frame.Flags, Is.EqualTo(0xFFFF_FFFF));
            Assert.That(frame.Timestamp, Is.EqualTo(123_456_789));
            Assert.That(frame.Length, Is.EqualTo(1));
        }

        using StoredReadLease next = TakeUnchecked(consumer);
        Assert.That(next.Timestamp, Is.InRange(before, after));
        Assert.That(next.Metadata.ToArray(), Is.All.Zero);
    }

    private static StoredReadLease TakeUnchecked(Consumer consumer)
    {
        Assert.That(consumer.Pull(out ReadLease lease, TimeSpan.FromSeconds(20)), Is.EqualTo(PullStatus.Success));
        return lease.Store();
    }
}
