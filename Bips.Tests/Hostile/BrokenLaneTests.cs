using System.Diagnostics;
using Bips.Layout;
using Bips.Tests.Support;

namespace Bips.Tests.Hostile;

/// <summary>
/// Each impossible value in a lane evicts that lane and nobody else, and the producer is told which lane, process, word
/// and value.
/// </summary>
public sealed class BrokenLaneTests : PoolFixture
{
    private const int MadNumber = 1;
    private const ulong Incarnation = 0xBAD1;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly List<LaneEviction> _evictions = [];

    [TestCase(nameof(Lane.State), 3ul, "state 3")]
    [TestCase(nameof(Lane.State), 0xFFFF_FFFFul, "state 4294967295")]
    [TestCase(nameof(Lane.Policy), 3ul, "policy 3")]
    [TestCase(nameof(Lane.Quota), 0ul, "quota 0")]
    [TestCase(nameof(Lane.Quota), 9ul, "quota 9")]
    [TestCase(nameof(Lane.Quota), 0xFFFF_FFFFul, "quota 4294967295")]
    [TestCase(nameof(Lane.Incarnation), 0ul, "incarnation 0")]
    [TestCase(nameof(Lane.Cursor), 0ul, "cursor 0")]
    [TestCase(nameof(Lane.Cursor), 1ul << 40, "cursor 1099511627776")]
    [TestCase(nameof(Lane.Cursor), ulong.MaxValue, "cursor 18446744073709551615")]
    public void Impossible_word_is_counted_named_and_evicted(string field, ulong value, string told)
    {
        Producer producer = CreateProducerOf(8);
        Consumer innocent = OpenConsumer();
        using MadLane lane = Enter(OverflowKind.Block, cursor: 1);
        lane.Write(field, value);
        ExchangeAndExpect(producer, innocent, lane, told);
    }

    [TestCase(2, "held bytes other than 0 and 1")]
    [TestCase(0xFF, "held bytes other than 0 and 1")]
    [TestCase(1, "8 buffers held with a quota of 1")]
    public void Impossible_held_bytes_are_counted_named_and_evicted(int value, string told)
    {
        Producer producer = CreateProducerOf(8);
        Consumer innocent = OpenConsumer();
        using MadLane lane = Enter(OverflowKind.Block, cursor: 1);
        for (int i = 0; i < 8; i++)
        {
            lane.WriteHeld(i, (byte)value);
        }

        ExchangeAndExpect(producer, innocent, lane, told);
    }

    [Test]
    public void Consumer_evicted_as_stalled_cannot_then_claim_every_buffer()
    {
        Producer producer = CreateProducerOf(8, TimeSpan.FromMilliseconds(50));
        using MadLane lane = Enter(OverflowKind.Block, cursor: 1);
        Send(producer, 64, 20);
        Assert.That(_evictions.Select(eviction => eviction.Reason), Is.EqualTo([EvictionReason.Stalled]));
        for (int i = 0; i < 8; i++)
        {
            lane.WriteHeld(i, 1);
        }

        Send(producer, 64, 20);
        Assert.That(
            _evictions.Select(
                eviction => eviction.Reason), Is.EqualTo([EvictionReason.Stalled, EvictionReason.Broken]));
        Assert.That(_evictions[1].Detail, Does.Contain("8 buffers held"));
        lane.Abandon();
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Consumer_that_moves_to_and_fro_is_as_stalled_as_one_that_stands(bool alsoUnderOtherNumbers)
    {
        Producer producer = CreateProducerOf(8, TimeSpan.FromMilliseconds(100));
        using MadLane lane = Enter(OverflowKind.Block, cursor: 1);
        ulong turn = 0;
        Task<bool> sent = Task.Run(() =>
        {
            Send(producer, 64, 40);
            return true;
        });
        var clock = Stopwatch.StartNew();
        SpinWait.SpinUntil(() => lane.Published > 3, s_patience);
        while (!sent.IsCompleted && clock.Elapsed < s_patience)
        {
            lane.Write(nameof(Lane.Cursor), 1 + (++turn % 3));
            if (alsoUnderOtherNumbers && _evictions.Count == 0)
            {
                lane.Write(nameof(Lane.Incarnation), Incarnation + (turn << 8));
            }

            Thread.SpinWait(500);
        }

        Assert.That(sent.IsCompleted, Is.True, "the producer still waits");
        Assert.That(_evictions.Select(eviction => eviction.Reason), Has.Some.EqualTo(EvictionReason.Stalled));
        lane.Abandon();
    }

    [Test]
    public void Lane_that_changes_faster_than_it_can_be_read_is_broken()
    {
        Producer producer = CreateProducerOf(4096);
        using MadLane lane = Enter(OverflowKind.DropOldest, cursor: 1);
        using var over = new CancellationTokenSource();
        Task mad = Task.Factory.StartNew(() => lane.ChangeHandsUntil(over.Token), TaskCreationOptions.LongRunning);
        var clock = Stopwatch.StartNew();
        for (long time = 1; _evictions.Count == 0 && clock.Elapsed < s_patience; time++)
        {
            // Frames that are a millisecond apart have the producer look at all lanes for each.
            producer.Pull(out WriteLease lease);
            lease.Push(0, timestamp: time * 1_000_000);
        }

        over.Cancel();
        mad.Wait(s_patience);
        Assert.That(_evictions, Is.Not.Empty);
        Assert.That(_evictions[0].Detail, Does.Contain("changed 64 times"));
        lane.Abandon();
    }

    [Test]
    public void Consumer_whose_buffer_byte_somebody_else_clears_is_told_and_does_not_hang()
    {
        Producer producer = CreateProducerOf(3);
        Consumer victim = OpenConsumer(new ConsumerOptions { MaximumHeld = 2 });
        using var lane = new MadLane(Name, victim.Lane);
        Send(producer);
        StoredReadLease held = Take(victim);
        lane.WriteHeld(held.BufferIndex, 0);
        Task told = Task.Factory.StartNew(
            () =>
            {
                Fails(BipsError.Corrupt, () =>
                {
                    while (true)
                    {
                        Send(producer);
                        Take(victim).Push();
                    }
                });
            },
            TaskCreationOptions.LongRunning);
        Assert.That(told.Wait(s_patience), Is.True);
    }

    private Producer CreateProducerOf(int buffers, TimeSpan? evictStalledAfter = null) => CreateProducer(new PoolOptions
    {
        BufferSize = 64,
        BufferCount = buffers,
        EvictStalledAfter = evictStalledAfter,
        OnEviction = _evictions.Add,
    });

    /// <summary>A lane of a consumer that is sane so far.</summary>
    private MadLane Enter(OverflowKind policy, ulong cursor)
    {
        _evictions.Clear();
        var lane = new MadLane(Name, MadNumber);
        lane.Claim();
        lane.Join(policy, cursor, Incarnation);
        return lane;
    }

    private void ExchangeAndExpect(Producer producer, Consumer innocent, MadLane lane, string told)
    {
        for (ulong sequence = 1; sequence <= 40; sequence++)
        {
            Assert.That(Send(producer), Is.EqualTo(sequence));
            Assert.That(TakeSequence(innocent), Is.EqualTo(sequence));
        }

        Assert.That(_evictions, Has.Count.EqualTo(1));
        Assert.That(_evictions[0].Lane, Is.EqualTo(MadNumber));
        Assert.That(_evictions[0].ProcessId, Is.EqualTo(Environment.ProcessId));
        Assert.That(_evictions[0].Reason, Is.EqualTo(EvictionReason.Broken));
        Assert.That(_evictions[0].Detail, Does.Contain(told));
        Assert.That((lane.EvictedBroken, lane.EvictedStalled), Is.EqualTo((1ul, 0ul)));
        lane.Abandon();
    }
}
