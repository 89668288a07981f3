using Bips.Tests.Support;

namespace Bips.Tests.Pool;

/// <summary>Two threads in calls of one handle: one goes on, the other is told, and no other process notices.</summary>
public sealed class OverlapTests : PoolFixture
{
    [Test]
    public void Two_threads_that_use_one_producer_never_publish_what_no_producer_publishes()
    {
        int rounds = Soak.Times(400_000, 20_000_000);
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 8, WriteLeases = 2 });
        Consumer consumer = OpenConsumer();
        Task<ulong> reading = Task.Factory.StartNew(() => ReadInOrder(consumer), TaskCreationOptions.LongRunning);
        Task<int>[] writing = [.. Enumerable.Range(0, 2).Select(_ =>
            Task.Factory.StartNew(() => WriteAndCountOverlaps(producer, rounds), TaskCreationOptions.LongRunning))];
        Assert.That(Task.WaitAll(writing, TimeSpan.FromMinutes(2)), Is.True);
        ulong published = producer.Published;
        producer.Dispose();
        Assert.That(reading.Wait(TimeSpan.FromSeconds(20)), Is.True);
        Assert.That(reading.Result, Is.EqualTo(published));
        TestContext.Out.WriteLine($"{published} frames, {writing.Sum(task => task.Result)} overlapping calls refused");
    }

    [Test]
    public void Of_two_threads_that_give_one_frame_back_exactly_one_does()
    {
        int rounds = Soak.Times(30_000, 3_000_000);
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 4 });
        Consumer consumer = OpenConsumer();
        using var start = new Barrier(2);
        StoredReadLease frame = default;
        int successes = 0;
        Task other = Task.Factory.StartNew(() =>
        {
            for (int i = 0; i < rounds; i++)
            {
                start.SignalAndWait();
                TryPush(frame, ref successes);
                start.SignalAndWait();
            }
        }, TaskCreationOptions.LongRunning);
        for (int i = 0; i < rounds; i++)
        {
            Send(producer);
            frame = Take(consumer);
            start.SignalAndWait();
            TryPush(frame, ref successes);
            start.SignalAndWait();
        }

        Assert.That(other.Wait(TimeSpan.FromSeconds(20)), Is.True);
        Assert.That(successes, Is.EqualTo(rounds));
    }

    private static ulong ReadInOrder(Consumer consumer)
    {
        ulong sequence = 0;
        while (consumer.Pull(out ReadLease frame) == PullStatus.Success)
        {
            Assert.That(frame.Sequence, Is.EqualTo(++sequence));
            frame.Push();
        }

        return sequence;
    }

    private static int WriteAndCountOverlaps(Producer producer, int rounds)
    {
        int overlaps = 0;
        for (int i = 0; i < rounds; i++)
        {
            StoredWriteLease lease = default;
            try
            {
                if (producer.TryPull(out WriteLease taken))
                {
                    lease = taken.Store();
                    lease.Push(1);
                }
            }
            catch (InvalidOperationException)
            {
                overlaps++;
                EndInTheEnd(lease);
            }
        }

        return overlaps;
    }

    private static void EndInTheEnd(StoredWriteLease lease)
    {
        while (true)
        {
            try
            {
                lease.Dispose();
                return;
            }
            catch (InvalidOperationException)
            {
                // The other thread is inside once more.
            }
        }
    }

    private static void TryPush(StoredReadLease frame, ref int successes)
    {
        try
        {
            frame.Push();
            Interlocked.Increment(ref successes);
        }
        catch (BipsException error) when (error.Error == BipsError.LeaseEnded)
        {
            // The other thread was first.
        }
    }
}
