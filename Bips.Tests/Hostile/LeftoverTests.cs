using Bips.Layout;
using Bips.Memory;
using Bips.Tests.Support;

namespace Bips.Tests.Hostile;

/// <summary>What a mad process left in the pool's words does not reach those who come later.</summary>
public sealed unsafe class LeftoverTests : PoolFixture
{
    [Test]
    public void Byte_behind_the_held_bytes_of_an_earlier_owner_evicts_no_later_one()
    {
        const int buffers = 5;
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 1024, BufferCount = buffers });
        using (var mad = new MadLane(Name, number: 0))
        {
            mad.Claim();
            mad.WriteHeld(buffers, 0xFF);
            mad.Abandon();
        }

        Consumer honest = OpenConsumer();
        Assert.That(honest.Lane, Is.Zero);
        for (int i = 0; i < 2 * buffers; i++)
        {
            Send(producer);
            TakeSequence(honest);
        }

        Assert.That(producer.Consumers().Single().IsEvicted, Is.False);
    }

    [Test]
    public void Quota_of_a_lane_that_was_evicted_as_broken_keeps_nobody_out()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 1024, BufferCount = 4 });
        using var mad = new MadLane(Name, number: 0);
        mad.Claim();
        mad.Join(OverflowKind.DropOldest, cursor: 1, incarnation: 0xBAD1, quota: 1);
        var lossy = new ConsumerOptions { Overflow = OverflowPolicy.DropOldest };
        Fails(BipsError.PoolTooSmall, () => Consumer.Open(Name, lossy));
        mad.Write(nameof(Lane.Cursor), 1UL << 40);
        Send(producer, 64, count: 4);
        Assert.That(mad.EvictedBroken, Is.EqualTo(1));
        OpenConsumer(lossy);
        mad.Abandon();
    }

    [Test]
    public void Frames_reach_consumers_after_a_take_over_whatever_the_dead_producer_said_was_published(
        [Values(0UL, 1UL << 40, ulong.MaxValue)] ulong garbage)
    {
        Producer first = CreateProducer();
        Consumer consumer = OpenConsumer(new ConsumerOptions { ProducerGrace = TimeSpan.FromSeconds(20) });
        for (ulong sequence = 1; sequence <= 3; sequence++)
        {
            Send(first);
            Assert.That(TakeSequence(consumer), Is.EqualTo(sequence));
        }

        first.Pulls.Abandon();
        using (PoolMemory pool = PoolMemory.TryOpen(new PoolPlace(Name, "/dev/shm"), writable: true)!)
        {
            pool.Control.State->Published = garbage;
        }

        Producer second = CreateProducer();
        Assert.That((second.IsTakeOver, second.Published), Is.EqualTo((true, 3UL)));
        Send(second);
        Assert.That(TakeSequence(consumer), Is.EqualTo(4));
    }

    [Test]
    public void Frames_that_were_taken_away_behind_the_last_one_are_counted_at_the_end_of_the_stream()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer(new ConsumerOptions { Overflow = OverflowPolicy.DropOldest });
        Send(producer, 64, count: 2);
        using (PoolMemory pool = PoolMemory.TryOpen(new PoolPlace(Name, "/dev/shm"), writable: true)!)
        {
            pool.Control.Directives[consumer.Lane].Floor = 3;
        }

        producer.Dispose();
        Assert.That(consumer.Pull(out _, TimeSpan.FromSeconds(20)), Is.EqualTo(PullStatus.EndOfStream));
        Assert.That(consumer.Lost, Is.EqualTo(2));
    }

    [Test]
    public void Producer_that_cannot_remove_its_names_lets_go_of_everything_else()
    {
        LeavesADeadPool = true;
        Producer producer = Producer.Create(Name, new PoolOptions { BufferSize = 1024 });
        string lanes = $"/dev/shm/bips.{Name}.lanes";
        File.Delete(lanes);
        Directory.CreateDirectory(lanes);
        try
        {
            Assert.Throws<BipsException>(producer.Dispose);
            Assert.That(producer.Pulls.IsDetached, Is.True);
            Assert.That(File.ReadAllText("/proc/self/maps"), Does.Not.Contain(Name));
        }
        finally
        {
            Directory.Delete(lanes);
        }
    }
}
