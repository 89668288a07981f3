using System.Runtime.InteropServices;
using Bips.Signaler.Waiting;
using Bips.Tests.Support;

namespace Bips.Tests.Async;

/// <summary>The descriptor of a consumer says what a pull would say.</summary>
public sealed class ReadableHandleTests(bool waitv) : WaitvFixture(waitv)
{
    [Test]
    public void Handle_is_readable_while_there_is_something_to_pull()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 4 });
        Consumer consumer = OpenConsumer();
        SafeHandle handle = consumer.ReadableHandle;
        Assert.That(consumer.ReadableHandle, Is.SameAs(handle));
        for (int i = 0; i < 50; i++)
        {
            Assert.That(IsReadable(handle, milliseconds: 0), Is.False);
            Send(producer, 64, count: 2);
            Assert.That(IsReadable(handle), Is.True);
            TakeSequence(consumer);
            Assert.That(IsReadable(handle, milliseconds: 0), Is.True, "there is one more");
            TakeSequence(consumer);
        }

        Assert.That(IsReadable(handle, milliseconds: 0), Is.False);
        producer.Dispose();
        Assert.That(IsReadable(handle), Is.True);
        Assert.That(consumer.TryPull(out _), Is.False);
        Assert.That(IsReadable(handle, milliseconds: 0), Is.True, "the end of the stream stays");
    }

    [Test]
    public async Task Handle_and_pending_pull_of_one_consumer_agree()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer();
        SafeHandle handle = consumer.ReadableHandle;
        for (int i = 0; i < 50; i++)
        {
            ValueTask<PullResult<StoredReadLease>> pull = consumer.PullAsync();
            Send(producer);
            PullResult<StoredReadLease> pulled = await Soon(pull);
            pulled.Lease.Push();
            Assert.That(IsReadable(handle, milliseconds: 0), Is.False);
        }
    }

    [Test]
    public async Task Pending_pull_takes_back_what_the_handle_has_said_of_its_frame()
    {
        Producer producer = CreateProducer();
        for (int i = 0; i < 20; i++)
        {
            using Consumer consumer = Consumer.Open(Name, new ConsumerOptions { History = 0 });
            ValueTask<PullResult<StoredReadLease>> pull = consumer.PullAsync();

            // The younger wait is looked at first: the frame is there for the handle, and then taken.
            SafeHandle handle = consumer.ReadableHandle;
            Send(producer);
            PullResult<StoredReadLease> pulled = await Soon(pull);
            pulled.Lease.Push();
            Assert.That(IsReadable(handle, milliseconds: 0), Is.False);
        }
    }

    [Test]
    public void Killed_producer_makes_the_handle_readable()
    {
        ActorProcess actor = StartActor();
        actor.Do($"create name={Name}");
        Consumer consumer = OpenConsumer();
        SafeHandle handle = consumer.ReadableHandle;
        actor.Kill();
        Assert.That(IsReadable(handle), Is.True);
        Assert.That(consumer.Pull(out _, TimeSpan.Zero), Is.EqualTo(PullStatus.ProducerLost));
        LeavesADeadPool = true;
    }

    [Test]
    public void Dispose_closes_the_handle()
    {
        CreateProducer();
        Consumer consumer = OpenConsumer();
        SafeHandle handle = consumer.ReadableHandle;
        consumer.Dispose();
        Assert.That(handle.IsClosed, Is.True);
        Assert.Throws<ObjectDisposedException>(() => _ = consumer.ReadableHandle);
    }

    [Test]
    public void More_consumers_have_a_handle_than_the_kernel_sleeps_on_at_once()
    {
        List<(Producer Producer, Consumer Consumer, SafeHandle Handle)> pools = [];
        for (int i = 0; i < 140; i++)
        {
            Producer producer = Open(
                Producer.Create($"{Name}-{i}", new PoolOptions { BufferSize = 64, BufferCount = 3 }));
            Consumer consumer = Open(Consumer.Open($"{Name}-{i}"));
            pools.Add((producer, consumer, consumer.ReadableHandle));
        }

        // The word on which the thread is called takes a place too. A word without a sleeper would be looked at slice
        // by slice.
        int sleepers = HasWaitv ? pools.Count - FutexVector.Capacity + 1 : pools.Count;
        Assert.That(SpinWait.SpinUntil(
            () => CountWaitingThreads() == 1 + sleepers, Patience), Is.True, $"{CountWaitingThreads()} threads");
        foreach ((Producer producer, Consumer consumer, SafeHandle handle) in pools)
        {
            Send(producer);
            Assert.That(IsReadable(handle), Is.True);
            TakeSequence(consumer);
            Assert.That(pools.Any(pool => IsReadable(pool.Handle, milliseconds: 0)), Is.False);
        }
    }

    private static bool IsReadable(SafeHandle handle, int milliseconds = 20_000) =>
        Descriptors.IsReadable(handle, milliseconds);
}
