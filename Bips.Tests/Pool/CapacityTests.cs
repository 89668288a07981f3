using Bips.Tests.Support;

namespace Bips.Tests.Pool;

/// <summary>What happens at the limits: too many leases, slow consumers of each policy, too few buffers.</summary>
public sealed class CapacityTests : PoolFixture
{
    [Test]
    public void One_write_lease_too_many_is_an_error_and_works_again_after_one_is_given_back()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 8, WriteLeases = 2 });
        producer.Pull(out WriteLease first);
        producer.Pull(out WriteLease second);
        BipsException error = Fails(BipsError.LeaseLimit, () => producer.Pull(out _));
        Assert.That(error.Message, Does.Contain("2 of 2").And.Contain(nameof(PoolOptions.WriteLeases)));
        first.Dispose();
        Assert.That(producer.Pull(out WriteLease third, TimeSpan.Zero), Is.EqualTo(PullStatus.Success));
        second.Push(0);
        third.Push(0);
        Assert.That(producer.Published, Is.EqualTo(2));
    }

    [Test]
    public void Consumer_at_its_quota_gets_an_error_and_goes_on_after_one_push()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer(new ConsumerOptions { MaximumHeld = 2 });
        Send(producer, 64, count: 3);
        StoredReadLease first = Take(consumer);
        StoredReadLease second = Take(consumer);
        BipsException error = Fails(BipsError.LeaseLimit, () => consumer.Pull(out _));
        Assert.That(error.Message, Does.Contain(nameof(ConsumerOptions.MaximumHeld)));
        second.Push();
        Assert.That(TakeSequence(consumer), Is.EqualTo(3));
        first.Push();
    }

    [Test]
    public void Leases_are_given_back_in_any_order()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, WriteLeases = 3, BufferCount = 10 });
        Consumer consumer = OpenConsumer(new ConsumerOptions { MaximumHeld = 5 });
        for (int round = 0; round < 50; round++)
        {
            producer.Pull(out WriteLease a);
            producer.Pull(out WriteLease b);
            producer.Pull(out WriteLease c);
            ulong sequence = producer.Published;
            Support(b, sequence + 1);
            a.Dispose();
            Support(c, sequence + 2);
            StoredReadLease first = Take(consumer);
            StoredReadLease second = Take(consumer);
            Assert.That(second.Sequence, Is.EqualTo(first.Sequence + 1));
            second.Push();
            first.Push();
        }

        static void Support(WriteLease lease, ulong sequence)
        {
            Actor.FramePattern.Fill(lease.Span, sequence);
            Assert.That(lease.Push(lease.Span.Length), Is.EqualTo(sequence));
        }
    }

    [Test]
    public void Drop_oldest_counts_its_losses_exactly_and_what_it_gets_is_whole()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} size=512 buffers=8");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name} overflow=drop-oldest held=2 mode=Sleep");
        consumer.Say("receive pauses=1");
        Assert.That(producer.Do("send count=200000"), Is.EqualTo("ok 200000"));
        producer.Do("close-producer");
        string[] words = consumer.Answer().Split(' ');
        Assert.That(words[0], Is.EqualTo("EndOfStream"));
        int received = Number(words[1]);
        int lost = Number(words[2]);
        Assert.That(received + lost, Is.EqualTo(200_000));
        Assert.That(lost, Is.Positive, "the consumer was never overtaken, so this test showed nothing");
        Assert.That(received, Is.Positive);
    }

    [Test]
    public void Drop_oldest_loses_only_as_many_as_the_producer_needs_buffers()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 8 });
        Consumer consumer = OpenConsumer(new ConsumerOptions { Overflow = OverflowPolicy.DropOldest });
        Send(producer, 64, count: 20);
        Assert.That(TakeSequence(consumer), Is.EqualTo(13), "8 buffers hold 13 to 20");
        Assert.That(consumer.Lost, Is.EqualTo(12));
    }

    [Test]
    public void Held_buffer_is_never_overwritten_however_far_the_consumer_lags(
        [Values("drop-oldest", "latest:1", "block")] string overflow)
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} size=4096 buffers=6");
        ActorProcess holder = StartActor();
        holder.Do($"open name={Name} overflow={overflow} held=2");
        producer.Do("send count=2");
        Assert.That(holder.Do("pull"), Does.Contain("intact"));
        if (overflow.Equals("block", StringComparison.Ordinal))
        {
            Assert.That(producer.Do("send count=100 timeout=50"), Does.StartWith("TimedOut"));
        }
        else
        {
            Assert.That(producer.Do("send count=20000"), Is.EqualTo("ok 20002"));
        }

        Assert.That(holder.Do("check-held"), Is.EqualTo("ok 1"));
        producer.Do("close-producer");
    }

    [Test]
    public void Latest_yields_the_newest_frame_each_time()
    {
        Producer producer = CreateProducer();
        Consumer newest = OpenConsumer(new ConsumerOptions { Overflow = OverflowPolicy.Latest(1) });
        Consumer third = OpenConsumer(new ConsumerOptions { Overflow = OverflowPolicy.Latest(3) });
        Send(producer, 64, count: 5);
        Assert.That(TakeSequence(newest), Is.EqualTo(5));
        Assert.That(TakeSequence(third), Is.EqualTo(3));
        Send(producer, 64, count: 100);
        Assert.That(TakeSequence(newest), Is.EqualTo(105));
        Assert.That(newest.Lost, Is.EqualTo(103));
        Assert.That(TakeSequence(third), Is.EqualTo(103));
        Assert.That(newest.TryPull(out _), Is.False, "the newest was taken already");
    }

    [Test]
    public void Blocked_producer_goes_on_after_one_push_without_using_the_processor()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=4 mode=Sleep");
        Consumer consumer = OpenConsumer();
        Assert.That(producer.Do("send count=100 timeout=100"), Does.StartWith("TimedOut 4"));
        TimeSpan before = producer.ProcessorTime;
        producer.Say("send timeout=20000");
        Assert.That(consumer.Pull(out ReadLease lease), Is.EqualTo(PullStatus.Success));
        using (var never = new ManualResetEventSlim())
        {
            never.Wait(TimeSpan.FromSeconds(2));
        }

        Assert.That((producer.ProcessorTime - before).TotalMilliseconds, Is.LessThan(200), "10 % of two seconds");
        lease.Push();
        Assert.That(producer.Answer(), Is.EqualTo("ok 5"));
        producer.Do("close-producer");
    }

    [Test]
    public void Blocked_producer_is_released_when_the_slow_consumer_closes()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=4");
        Consumer consumer = OpenConsumer();
        producer.Do("send count=100 timeout=50");
        producer.Say("send count=100");
        consumer.Dispose();
        Assert.That(producer.Answer(), Does.StartWith("ok"));
        producer.Do("close-producer");
    }

    [Test]
    public void Blocked_producer_is_released_when_the_slow_consumer_is_killed()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=4");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name}");
        consumer.Say("pull");
        producer.Do("send count=100 timeout=50");
        consumer.Answer();
        producer.Say("send count=100");
        consumer.Kill();
        Assert.That(producer.Answer(), Does.StartWith("ok"));
        producer.Do("close-producer");
    }

    [Test]
    public void Slow_consumer_that_may_lose_frames_slows_nobody()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=8");
        ActorProcess slow = StartActor();
        slow.Do($"open name={Name} overflow=drop-oldest held=2");
        ActorProcess fast = StartActor();
        fast.Do($"open name={Name}");
        producer.Do("send");
        slow.Do("pull");
        fast.Say("receive");
        Assert.That(producer.Do("send count=10000"), Is.EqualTo("ok 10001"));
        producer.Do("close-producer");
        Assert.That(fast.Answer(), Is.EqualTo("EndOfStream 10001 0 1 10001"));
        Assert.That(slow.Do("check-held"), Is.EqualTo("ok 1"));
    }

    [TestCase(2, 1, 1)]
    [TestCase(4, 3, 1)]
    [TestCase(4, 1, 3)]
    public void Pool_that_could_starve_its_producer_is_refused_with_the_rule_and_the_numbers(
        int buffers, int history, int leases)
    {
        var options =
            new PoolOptions { BufferSize = 8, BufferCount = buffers, History = history, WriteLeases = leases };
        BipsException error = Fails(BipsError.PoolTooSmall, () => Producer.Create(Name, options));
        Assert.That(error.Message, Does.Contain($"{buffers} > {leases} + {history} + 0").And.Contain("at least"));
    }

    [Test]
    public void Consumers_that_may_lose_frames_cannot_hold_more_together_than_the_rule_allows()
    {
        CreateProducer(new PoolOptions { BufferSize = 8, BufferCount = 6 });
        OpenConsumer(new ConsumerOptions { Overflow = OverflowPolicy.DropOldest, MaximumHeld = 2 });
        BipsException error = Fails(BipsError.PoolTooSmall, () => Consumer.Open(
            Name, new ConsumerOptions { Overflow = OverflowPolicy.Latest(1), MaximumHeld = 2 }));
        Assert.That(error.Message, Does.Contain("6 > 1 + 1 + (2 + 2)").And.Contain("at least 7 buffers"));
        OpenConsumer(new ConsumerOptions { Overflow = OverflowPolicy.Latest(1), MaximumHeld = 1 });
        OpenConsumer(new ConsumerOptions { MaximumHeld = 6 });
    }

    [Test]
    public void All_buffers_are_free_after_consumers_of_every_kind_have_come_to_rest()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} size=2000 buffers=12 metadata=16");
        string[] policies = ["block", "drop-oldest", "latest:1", "latest:3"];
        ActorProcess[] consumers = [.. policies.Select(_ => StartActor())];
        for (int i = 0; i < policies.Length; i++)
        {
            consumers[i].Do($"open name={Name} overflow={policies[i]} held=2");
            consumers[i].Say($"receive count={5000 + i} pauses=1 seed={i} timeout=1000");
        }

        Assert.That(
            producer.Do("send count=5003 pauses=1 timeout=1000"), Does.StartWith("TimedOut").Or.StartsWith("ok"));
        foreach (ActorProcess consumer in consumers)
        {
            Assert.That(consumer.Answer(), Does.StartWith("Success").Or.StartsWith("TimedOut"));
            consumer.Do("close-consumer");
        }

        Assert.That(producer.Do("send count=1000 timeout=0"), Does.StartWith("ok"), "a buffer was leaked");
        producer.Do("close-producer");
    }

    private static int Number(string word) => int.Parse(word, System.Globalization.CultureInfo.InvariantCulture);
}
