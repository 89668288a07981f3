using Bips.Tests.Support;

namespace Bips.Tests.Pool;

/// <summary>Ends and beginnings: closing, disposing, attaching thousands of times, re-creating.</summary>
public sealed class LifetimeTests : PoolFixture
{
    [Test]
    public void Published_frames_stay_readable_after_the_producer_closed_and_then_the_stream_ends()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=8");
        Consumer consumer = OpenConsumer();
        producer.Do("send count=5");
        producer.Do("close-producer");
        Assert.That(File.Exists($"/dev/shm/bips.{Name}"), Is.False);
        producer.Kill();
        for (ulong sequence = 1; sequence <= 5; sequence++)
        {
            Assert.That(TakeSequence(consumer), Is.EqualTo(sequence));
        }

        Assert.That(consumer.Pull(out _), Is.EqualTo(PullStatus.EndOfStream));
    }

    [Test]
    public void Waiting_consumer_is_told_of_the_end_of_the_stream()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name}");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name}");
        consumer.Say("pull");
        producer.Do("close-producer");
        Assert.That(consumer.Answer(), Does.StartWith("EndOfStream"));
    }

    [Test]
    public void Held_lease_stays_readable_after_its_consumer_was_disposed()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 4 });
        Consumer consumer = OpenConsumer();
        Send(producer);
        StoredReadLease lease = Take(consumer);
        consumer.Dispose();
        Send(producer, 64, count: 100);
        Assert.That(Actor.FramePattern.Matches(lease.Span, lease.Sequence), Is.True);
        lease.Push();
        Fails(BipsError.LeaseEnded, () => _ = lease.Span);
        Assert.That(producer.Consumers(), Is.Empty);
    }

    [Test]
    public void Disposed_objects_and_ended_leases_say_so()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer();
        producer.Pull(out WriteLease written);
        written.Push(0);
        StoredReadLease read = TakeEmpty(consumer);
        read.Push();
        Fails(BipsError.LeaseEnded, read.Push);
        Fails(BipsError.LeaseEnded, () => _ = read.Metadata);
        read.Dispose();
        Fails(BipsError.LeaseEnded, () => _ = default(ReadLease).Span);
        Fails(BipsError.LeaseEnded, () => default(WriteLease).Push(0));
        default(WriteLease).Dispose();
        default(ReadLease).Dispose();
        producer.Pull(out WriteLease open);
        consumer.Dispose();
        producer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => consumer.Pull(out _));
        Assert.Throws<ObjectDisposedException>(() => producer.Pull(out _));
        Assert.Throws<ObjectDisposedException>(() => producer.Consumers());
        try
        {
            _ = open.Span;
            Assert.Fail("a lease of a disposed producer could be used");
        }
        catch (BipsException e)
        {
            Assert.That(e.Error, Is.EqualTo(BipsError.LeaseEnded));
        }

        open.Dispose();
        consumer.Dispose();
        producer.Dispose();
    }

    [Test]
    public void Thousands_of_attachments_under_traffic_leave_no_descriptor_and_no_mapping()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=8");
        ActorProcess reader = StartActor();
        reader.Do($"open name={Name} overflow=drop-oldest");
        reader.Say("receive");
        ActorProcess churner = StartActor();
        string before = ChurnUnderTraffic(churner, producer, Name, 50);
        string after = ChurnUnderTraffic(churner, producer, Name, 3000);
        Assert.That(after, Is.EqualTo(before), "descriptors and mappings");
        producer.Do("close-producer");
        Assert.That(reader.Answer(), Does.StartWith("EndOfStream"));
    }

    [Test]
    public void Consumer_limit_is_a_clear_error_and_a_freed_lane_is_usable_at_once()
    {
        CreateProducer(new PoolOptions { BufferSize = 8, MaximumConsumers = 2 });
        Consumer first = OpenConsumer();
        OpenConsumer();
        BipsException error = Fails(BipsError.TooManyConsumers, () => Consumer.Open(Name));
        Assert.That(error.Message, Does.Contain("All 2 lanes").And.Contain(nameof(PoolOptions.MaximumConsumers)));
        first.Dispose();
        Assert.That(OpenConsumer().Lane, Is.Zero);
    }

    [Test]
    public void Lane_of_a_killed_consumer_is_usable_at_once()
    {
        CreateProducer(new PoolOptions { BufferSize = 8, MaximumConsumers = 1 });
        ActorProcess consumer = StartActor();
        Assert.That(consumer.Do($"open name={Name}"), Does.StartWith("ok"));
        consumer.Kill();
        Assert.That(OpenConsumer().Lane, Is.Zero);
    }

    [Test]
    public void Consumers_of_a_dead_producers_pool_are_told_when_it_is_made_anew_with_another_size()
    {
        ActorProcess old = StartActor();
        old.Do($"create name={Name} size=100");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name} grace=20000 held=2");
        old.Do("send count=2 length=50");
        Assert.That(consumer.Do("pull"), Does.StartWith("Success 1"));
        old.Kill();
        Producer anew = CreateProducer(new PoolOptions { BufferSize = 200 });
        Assert.That(anew.IsTakeOver, Is.False);
        Assert.That(consumer.Do("pull"), Does.StartWith("Success 2"), "what was published is still delivered");
        consumer.Do("push");
        Assert.That(consumer.Do("pull"), Does.StartWith("PoolReplaced"));
        Assert.That(consumer.Do("check-held"), Is.EqualTo("ok 1"));
        Assert.That(consumer.Do("close-consumer"), Is.EqualTo("ok"));
        Assert.That(consumer.Do($"open name={Name}"), Does.StartWith("ok"));
        Send(anew);
        Assert.That(consumer.Do("pull"), Does.StartWith("Success 1 64"));
    }

    [Test]
    public void Successor_takes_a_dead_producers_pool_over_and_attached_consumers_miss_nothing()
    {
        ActorProcess first = StartActor();
        first.Do($"create name={Name} buffers=6");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name} grace=20000");
        first.Do("send count=3");
        Assert.That(first.Do("pull-buffer"), Is.EqualTo("Success"), "a buffer is half-written when the producer dies");
        consumer.Say("receive count=7");
        first.Kill();
        ActorProcess second = StartActor();
        Assert.That(second.Do($"create name={Name} buffers=6"), Is.EqualTo("ok take-over 3"));
        Assert.That(second.Do("send count=4"), Is.EqualTo("ok 7"));
        Assert.That(consumer.Answer(), Is.EqualTo("Success 7 0 1 7"));
        second.Do("close-producer");
    }

    [Test]
    public void Consumer_of_a_dead_producer_gets_what_was_published_and_is_then_told()
    {
        LeavesADeadPool = true;
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name}");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name}");
        producer.Do("send count=3");
        producer.Kill();
        Assert.That(consumer.Do("receive count=3"), Is.EqualTo("Success 3 0 1 3"));
        Assert.That(consumer.Do("pull"), Does.StartWith("ProducerLost"));
        Assert.That(consumer.Do("pull timeout=0"), Does.StartWith("ProducerLost"));
        Assert.That(StartActor().Do($"open name={Name}"), Does.StartWith("error ProducerLost"));
    }

    private static string ChurnUnderTraffic(ActorProcess churner, ActorProcess producer, string name, int count)
    {
        churner.Say($"churn name={name} count={count} overflow=drop-oldest");
        Task<string> answer = Task.Run(churner.Answer);
        while (!answer.IsCompleted)
        {
            Assert.That(producer.Do("send count=200"), Does.StartWith("ok"));
        }

        return answer.Result;
    }

    private static StoredReadLease TakeEmpty(Consumer consumer)
    {
        Assert.That(consumer.Pull(out ReadLease lease), Is.EqualTo(PullStatus.Success));
        return lease.Store();
    }
}
