using Bips.Tests.Support;

namespace Bips.Tests.Pool;

/// <summary>Who comes late gets the newest frames at once, and nothing stale.</summary>
public sealed class LateJoinTests : PoolFixture
{
    [Test]
    public void Late_joiner_gets_history_at_once_in_order_without_a_new_push(
        [Values("block", "drop-oldest", "latest:3")] string overflow, [Values(0, 1, 2, 3, 10)] int sent)
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} history=3");
        producer.Do($"send count={sent}");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name} overflow={overflow}");
        for (int sequence = Math.Max(1, sent - 2); sequence <= sent; sequence++)
        {
            Assert.That(consumer.Do("pull timeout=0"), Does.StartWith($"Success {sequence} ").And.Contain("intact"));
            consumer.Do("push");
        }

        Assert.That(consumer.Do("pull timeout=0"), Does.StartWith("TimedOut"));
        producer.Do("close-producer");
    }

    [Test]
    public void History_of_zero_means_nothing_old()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, History = 0 });
        Send(producer, 64, count: 5);
        Consumer consumer = OpenConsumer();
        Assert.That(consumer.TryPull(out _), Is.False);
        Send(producer);
        Assert.That(TakeSequence(consumer), Is.EqualTo(6));
        Assert.That(consumer.Lost, Is.Zero);
    }

    [Test]
    public void Each_consumer_may_ask_for_less_history()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, History = 4 });
        Send(producer, 64, count: 10);
        Assert.That(TakeSequence(OpenConsumer(new ConsumerOptions { History = 2 })), Is.EqualTo(9));
        Assert.That(OpenConsumer(new ConsumerOptions { History = 0 }).TryPull(out _), Is.False);
        Assert.That(TakeSequence(OpenConsumer(new ConsumerOptions { History = 100 })), Is.EqualTo(7));
    }

    [Test]
    public void After_a_producer_restart_a_joiner_gets_nothing_stale()
    {
        ActorProcess first = StartActor();
        first.Do($"create name={Name} history=3");
        first.Do("send count=5");
        first.Kill();
        ActorProcess second = StartActor();
        Assert.That(second.Do($"create name={Name} history=3"), Is.EqualTo("ok take-over 5"));
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name}");
        Assert.That(consumer.Do("pull timeout=0"), Does.StartWith("TimedOut"));
        second.Do("send");
        Assert.That(consumer.Do("pull"), Does.StartWith("Success 6 "));
        second.Do("close-producer");
    }
}
