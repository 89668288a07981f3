using Bips.Tests.Support;

namespace Bips.Tests.Pool;

/// <summary>Which of the free buffers a producer uses next.</summary>
public sealed class BufferOrderTests : PoolFixture
{
    private const int Buffers = 6;
    private const int Rounds = 20;

    /// <summary>Nanoseconds between frames.</summary>
    private const long Dense = 1_000;
    private const long Sparse = 1_000_000;

    [Test]
    public void Dense_stream_uses_buffers_in_the_order_of_their_numbers()
    {
        int[] used = Exchange(Dense);
        for (int i = 1; i < used.Length; i++)
        {
            Assert.That(used[i], Is.EqualTo((used[i - 1] + 1) % Buffers), $"frame {i + 1} after buffer {used[i - 1]}");
        }
    }

    [Test]
    public void Dense_stream_goes_on_in_order_behind_a_buffer_that_is_held()
    {
        Producer producer = CreateProducer(Options());
        Consumer consumer = OpenConsumer(new ConsumerOptions { MaximumHeld = 2 });
        int held = Push(producer, Dense);
        using StoredReadLease lease = Take(consumer);
        int expected = held;
        for (int i = 2; i <= Rounds; i++)
        {
            expected = (expected + 1) % Buffers == held ? (expected + 2) % Buffers : (expected + 1) % Buffers;
            Assert.That(Push(producer, i * Dense), Is.EqualTo(expected), $"frame {i} while buffer {held} is held");
            Take(consumer).Dispose();
        }
    }

    [Test]
    public void Sparse_stream_goes_round_in_the_buffers_that_were_used_last()
    {
        Assert.That(Exchange(Sparse)[2..].Distinct().Count(), Is.EqualTo(2), "the newest is kept for late joiners, " +
            "so two take turns");
    }

    private static PoolOptions Options() => new() { BufferSize = 64, BufferCount = Buffers };

    private static int Push(Producer producer, long timestamp)
    {
        producer.Pull(out WriteLease lease);
        int index = lease.BufferIndex;
        lease.Push(0, timestamp: timestamp);
        return index;
    }

    /// <summary>Sends frames to a consumer that keeps up.</summary>
    /// <returns>Their buffers.</returns>
    private int[] Exchange(long interval)
    {
        Producer producer = CreateProducer(Options());
        Consumer consumer = OpenConsumer();
        var used = new int[Rounds];
        for (int i = 0; i < used.Length; i++)
        {
            used[i] = Push(producer, (i + 1) * interval);
            Take(consumer).Dispose();
        }

        return used;
    }
}
