using Bips.Signaler;
using Bips.Tests.Actor;
using Bips.Tests.Support;

namespace Bips.Tests.Async;

/// <summary>An asynchronous pull ends as a blocking one does, and never on the waiting thread.</summary>
public sealed class PullTests(bool waitv) : WaitvFixture(waitv)
{
    [Test]
    public async Task Frame_that_is_there_is_taken_at_once()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer();
        Send(producer);
        ValueTask<PullResult<StoredReadLease>> pull = consumer.PullAsync();
        Assert.That(pull.IsCompletedSuccessfully, Is.True);
        PullResult<StoredReadLease> pulled = await pull;
        Assert.That(pulled.IsSuccess, Is.True);
        Assert.That(FramePattern.Matches(pulled.Lease.Memory.Span, 1), Is.True);
        pulled.Lease.Push();
    }

    [Test]
    public async Task Frame_that_comes_later_ends_a_pending_pull()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer();
        for (ulong i = 1; i <= 100; i++)
        {
            ValueTask<PullResult<StoredReadLease>> pull = consumer.PullAsync();
            Assert.That(pull.IsCompleted, Is.False);
            Send(producer);
            PullResult<StoredReadLease> pulled = await Soon(pull);
            Assert.That(pulled.Status, Is.EqualTo(PullStatus.Success));
            Assert.That(pulled.Lease.Sequence, Is.EqualTo(i));
            Assert.That(FramePattern.Matches(pulled.Lease.Span, i), Is.True);
            pulled.Lease.Push();
        }
    }

    [Test]
    public async Task Buffer_that_comes_free_ends_a_pending_pull()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 3 });
        Consumer consumer = OpenConsumer();
        Send(producer, 64, count: 3);
        for (ulong i = 4; i <= 100; i++)
        {
            ValueTask<PullResult<StoredWriteLease>> pull = producer.PullAsync();
            Assert.That(pull.IsCompleted, Is.False);
            TakeSequence(consumer);
            PullResult<StoredWriteLease> pulled = await Soon(pull);
            Assert.That(pulled.Status, Is.EqualTo(PullStatus.Success));
            FramePattern.Fill(pulled.Lease.Memory.Span[..64], i);
            Assert.That(pulled.Lease.Push(64), Is.EqualTo(i));
        }
    }

    [Test]
    public async Task What_follows_a_pending_pull_does_not_run_on_the_waiting_thread()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer();
        ValueTask<PullResult<StoredReadLease>> pull = consumer.PullAsync();
        Task<bool> follower = Follow();
        Send(producer);
        Assert.That(await follower.WaitAsync(Patience), Is.True);

        async Task<bool> Follow()
        {
            using StoredReadLease lease = (await pull.ConfigureAwait(false)).Lease;
            return Thread.CurrentThread.IsThreadPoolThread;
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(30)]
    [TestCase(130)]
    public async Task Time_outs_come_and_are_never_early(int milliseconds)
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 3 });
        Consumer consumer = OpenConsumer();
        var timeout = TimeSpan.FromMilliseconds(milliseconds);
        for (int i = 0; i < 5; i++)
        {
            long start = MonotonicClock.Nanoseconds;
            Assert.That((await Soon(consumer.PullAsync(timeout))).Status, Is.EqualTo(PullStatus.TimedOut));
            Assert.That(MonotonicClock.Nanoseconds - start, Is.GreaterThanOrEqualTo(timeout.TotalNanoseconds));
        }

        Send(producer, 64, count: 3);
        for (int i = 0; i < 5; i++)
        {
            long start = MonotonicClock.Nanoseconds;
            Assert.That((await Soon(producer.PullAsync(timeout))).Status, Is.EqualTo(PullStatus.TimedOut));
            Assert.That(MonotonicClock.Nanoseconds - start, Is.GreaterThanOrEqualTo(timeout.TotalNanoseconds));
        }
    }

    [Test]
    public async Task Cancellation_ends_a_pending_pull_and_loses_no_frame()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 3 });
        Consumer consumer = OpenConsumer();
        for (int i = 0; i < 20; i++)
        {
            using var cancellation = new CancellationTokenSource();
            ValueTask<PullResult<StoredReadLease>> pull = consumer.PullAsync(cancellation.Token);
            await cancellation.CancelAsync();
            OperationCanceledException? end = await Assert.ThrowsAsync<OperationCanceledException>(() => Soon(pull));
            Assert.That(end!.CancellationToken, Is.EqualTo(cancellation.Token));
        }

        Send(producer, 64, count: 3);
        using (var cancellation = new CancellationTokenSource())
        {
            ValueTask<PullResult<StoredWriteLease>> pull = producer.PullAsync(cancellation.Token);
            await cancellation.CancelAsync();
            await Assert.ThrowsAsync<OperationCanceledException>(() => Soon(pull));
            Assert.That(TakeSequence(consumer), Is.EqualTo(1), "no frame was lost");
            TakeSequence(consumer);
            TakeSequence(consumer);
            pull = producer.PullAsync(cancellation.Token);
            Assert.That(pull.IsCompletedSuccessfully, Is.True, "what is there counts more than the cancellation");
            (await pull).Lease.Dispose();
            Assert.That(consumer.PullAsync(cancellation.Token).IsCanceled, Is.True);
        }
    }

    [Test]
    public async Task Dispose_ends_a_pending_pull()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 3 });
        Consumer consumer = OpenConsumer();
        ValueTask<PullResult<StoredReadLease>> reading = consumer.PullAsync();
        consumer.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Soon(reading));
        OpenConsumer();
        Send(producer, 64, count: 3);
        ValueTask<PullResult<StoredWriteLease>> writing = producer.PullAsync();
        producer.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Soon(writing));
        Assert.Throws<ObjectDisposedException>(() => _ = consumer.PullAsync().AsTask());
        Assert.Throws<ObjectDisposedException>(() => _ = producer.PullAsync().AsTask());
    }

    [Test]
    public async Task End_of_stream_ends_a_pending_pull()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer();
        ValueTask<PullResult<StoredReadLease>> pull = consumer.PullAsync();
        producer.Dispose();
        Assert.That((await Soon(pull)).Status, Is.EqualTo(PullStatus.EndOfStream));
    }

    [Test]
    public async Task Killed_producer_ends_a_pending_pull_and_its_successor_ends_the_next()
    {
        ActorProcess actor = StartActor();
        actor.Do($"create name={Name} size=1024");
        Consumer consumer = OpenConsumer();
        ValueTask<PullResult<StoredReadLease>> pull = consumer.PullAsync();
        actor.Kill();
        Assert.That((await Soon(pull)).Status, Is.EqualTo(PullStatus.ProducerLost));
        for (int i = 0; i < 5; i++)
        {
            // As a blocking pull does, it looks for the producer before it gives up: a slice may never end during a
            // short wait.
            Assert.That((await Soon(
                consumer.PullAsync(TimeSpan.FromMilliseconds(1)))).Status, Is.EqualTo(PullStatus.ProducerLost));
        }

        ActorProcess successor = StartActor();
        Assert.That(successor.Do($"create name={Name} size=1024"), Does.StartWith("ok take-over"));
        pull = consumer.PullAsync();
        successor.Do("send length=8");
        PullResult<StoredReadLease> pulled = await Soon(pull);
        Assert.That(pulled.Lease.Sequence, Is.EqualTo(1));
        pulled.Lease.Push();
        successor.Do("close-producer");
    }

    [Test]
    public async Task Eviction_ends_a_pending_pull()
    {
        var told = new TaskCompletionSource<LaneEviction>();
        Producer producer = CreateProducer(new PoolOptions
        {
            BufferSize = 64,
            BufferCount = 5,
            EvictStalledAfter = TimeSpan.FromMilliseconds(50),
            OnEviction = told.SetResult,
        });
        Consumer consumer = OpenConsumer(new ConsumerOptions { MaximumHeld = 1 });
        Send(producer, 64, count: 5);
        PullResult<StoredWriteLease> freed = await Soon(producer.PullAsync());
        Assert.That(freed.Status, Is.EqualTo(PullStatus.Success), "the stalled consumer's frames were taken back");
        Assert.That((await told.Task.WaitAsync(Patience)).Reason, Is.EqualTo(EvictionReason.Stalled));
        Assert.That((await Soon(consumer.PullAsync())).Status, Is.EqualTo(PullStatus.Evicted));
        freed.Lease.Dispose();
    }

    [Test]
    public async Task Second_pull_while_one_is_pending_is_refused()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 3 });
        Consumer consumer = OpenConsumer();
        ValueTask<PullResult<StoredReadLease>> reading = consumer.PullAsync();
        Assert.Throws<InvalidOperationException>(() => _ = consumer.PullAsync().AsTask());
        Assert.Throws<InvalidOperationException>(() => consumer.TryPull(out _));
        Send(producer, 64, count: 3);
        (await Soon(reading)).Lease.Push();
        Send(producer, 64);
        ValueTask<PullResult<StoredWriteLease>> writing = producer.PullAsync();
        Assert.That(writing.IsCompleted, Is.False);
        Assert.Throws<InvalidOperationException>(() => _ = producer.PullAsync().AsTask());
        Assert.Throws<InvalidOperationException>(() => producer.TryPull(out _));
        TakeSequence(consumer);
        (await Soon(writing)).Lease.Dispose();
    }

    [Test]
    public async Task Open_lease_may_be_pushed_while_a_pull_of_the_producer_is_pending()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 4, WriteLeases = 2 });
        Consumer consumer = OpenConsumer();
        Send(producer, 64, count: 3);
        Assert.That(producer.TryPull(out WriteLease first), Is.True);
        StoredWriteLease open = first.Store();
        ValueTask<PullResult<StoredWriteLease>> pull = producer.PullAsync();
        Assert.That(pull.IsCompleted, Is.False);
        Assert.That(producer.Consumers(), Has.Count.EqualTo(1));
        Assert.That(open.Push(1), Is.EqualTo(4));
        Assert.That(pull.IsCompleted, Is.False);
        TakeSequence(consumer);
        PullResult<StoredWriteLease> pulled = await Soon(pull);
        Assert.That(pulled.IsSuccess, Is.True);
        ValueTask<PullResult<StoredWriteLease>> next = producer.PullAsync();
        pulled.Lease.Dispose();
        PullResult<StoredWriteLease> again = await Soon(next);
        Assert.That(again.Lease.BufferIndex, Is.EqualTo(pulled.Lease.BufferIndex), "a buffer given back unused is " +
            "free at once");
        again.Lease.Dispose();
    }
}
