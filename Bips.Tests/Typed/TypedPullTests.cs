using Bips.Tests.Actor;
using Bips.Tests.Async;

namespace Bips.Tests.Typed;

/// <summary>Values of a struct are awaited as bytes are.</summary>
public sealed class TypedPullTests(bool waitv) : WaitvFixture(waitv)
{
    [Test]
    public async Task Values_that_are_there_come_at_once_and_others_when_they_are_pushed()
    {
        using Producer<Reading> producer = Producer.Create<Reading>(Name);
        using Consumer<Reading> consumer = Consumer.Open<Reading>(Name);
        for (int i = 0; i < 100; i++)
        {
            ValueTask<PullResult<StoredReadLease<Reading>>> pull = default;
            bool isBehind = i % 3 != 0;
            if (isBehind)
            {
                pull = consumer.PullAsync();
                Assert.That(pull.IsCompleted, Is.False);
            }

            await SendAsync(producer, i);
            pull = isBehind ? pull : consumer.PullAsync();
            Assert.That(isBehind || pull.IsCompletedSuccessfully, Is.True);
            StoredReadLease<Reading> frame = (await Soon(pull)).Lease;
            Assert.That((frame.Value.Time, frame.Count), Is.EqualTo((i, 1)));
            frame.Push();
            Fails(BipsError.LeaseEnded, () => _ = frame.Value);
        }
    }

    [Test]
    public async Task Buffer_that_comes_free_ends_a_pending_pull_and_takes_values()
    {
        PoolOptions options = PoolOptions.ForFrames<Reading>(capacity: 2) with { BufferCount = 3 };
        using Producer<Reading> producer = Producer.Create<Reading>(Name, options);
        using Consumer<Reading> consumer = Consumer.Open<Reading>(Name);
        for (int i = 0; i < 3; i++)
        {
            await SendAsync(producer, i);
        }

        ValueTask<PullResult<StoredWriteLease<Reading>>> pull = producer.PullAsync();
        Assert.That(pull.IsCompleted, Is.False);
        Assert.That(consumer.TryPull(out ReadLease<Reading> first), Is.True);
        first.Push();
        StoredWriteLease<Reading> lease = (await Soon(pull)).Lease;
        lease.Values[1].Time = 41;
        Assert.That(lease.Values.Length, Is.EqualTo(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => lease.Push(3));
        Assert.That(lease.Push(2), Is.EqualTo(4));
        Fails(BipsError.LeaseEnded, () => _ = lease.Value);
        foreach (int values in new[] { 1, 1, 2 })
        {
            using StoredReadLease<Reading> frame = (await Soon(consumer.PullAsync())).Lease;
            Assert.That(frame.Count, Is.EqualTo(values));
            Assert.That(values == 1 || frame.Values[1].Time == 41, Is.True);
        }
    }

    [Test]
    public async Task Enumeration_has_every_frame_until_the_end_of_the_stream()
    {
        Producer<Reading> producer = Producer.Create<Reading>(Name);
        using Consumer<Reading> consumer = Consumer.Open<Reading>(Name);
        Task<long[]> reading = ReadAll();
        for (int i = 0; i < 100; i++)
        {
            await SendAsync(producer, i);
        }

        producer.Dispose();
        Assert.That(await reading.WaitAsync(Patience), Is.EqualTo(Enumerable.Range(0, 100)));

        async Task<long[]> ReadAll()
        {
            var times = new List<long>();
            await foreach (StoredReadLease<Reading> frame in consumer.ReadAllAsync().ConfigureAwait(false))
            {
                using (frame)
                {
                    times.Add(frame.Value.Time);
                }
            }

            return [.. times];
        }
    }

    [Test]
    public async Task Time_out_cancellation_and_disposal_end_a_pull_as_they_do_without_a_type()
    {
        using Producer<Reading> producer = Producer.Create<Reading>(Name);
        using Consumer<Reading> consumer = Consumer.Open<Reading>(Name);
        Assert.That((await Soon(consumer.PullAsync(TimeSpan.Zero))).Status, Is.EqualTo(PullStatus.TimedOut));
        Assert.That(
            (await Soon(consumer.PullAsync(TimeSpan.FromMilliseconds(1)))).Status, Is.EqualTo(PullStatus.TimedOut));
        using var cancellation = new CancellationTokenSource();
        ValueTask<PullResult<StoredReadLease<Reading>>> pull = consumer.PullAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => Soon(pull));
        Assert.That(consumer.PullAsync(cancellation.Token).IsCanceled, Is.True);
        pull = consumer.PullAsync(CancellationToken.None);
        consumer.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Soon(pull));
    }

    [Test]
    public async Task Frame_that_is_no_whole_number_of_values_fails_the_pull_and_is_given_back()
    {
        Producer producer = CreateProducer(PoolOptions.ForFrames<Reading>());
        using Consumer<Reading> consumer = Consumer.Open<Reading>(Name);
        ValueTask<PullResult<StoredReadLease<Reading>>> pull = consumer.PullAsync();
        Send(producer, length: 23);
        Assert.That((await Assert.ThrowsAsync<BipsException>(() => Soon(pull)))!.Error, Is.EqualTo(BipsError.Corrupt));
        Assert.That(producer.Consumers()[0].Held, Is.Zero);
        Send(producer, length: 24);
        (await Soon(consumer.PullAsync())).Lease.Push();
    }

    private static async Task SendAsync(Producer<Reading> producer, int time)
    {
        StoredWriteLease<Reading> lease = (await Soon(producer.PullAsync()).ConfigureAwait(false)).Lease;
        lease.Value = new Reading(time, 1, 2, 3);
        lease.Push();
    }
}
