using Bips.Signaler;
using Bips.Tests.Support;

namespace Bips.Tests.Async;

/// <summary>One thread waits for many, and for each of them as long as it must.</summary>
public sealed class WaitSetTests(bool waitv) : WaitvFixture(waitv)
{
    private static readonly PoolOptions s_small = new() { BufferSize = 64, BufferCount = 3 };

    [Test]
    public void Wait_ends_for_the_member_that_has_something([Values] WaitMode mode)
    {
        List<Producer> producers = [];
        var set = new WaitSet(mode);
        for (int i = 0; i < 5; i++)
        {
            producers.Add(Open(Producer.Create($"{Name}-{i}", s_small)));
            set.Add(Open(Consumer.Open($"{Name}-{i}")), tag: i);
        }

        for (int round = 0; round < 50; round++)
        {
            int expected = round * 7 % 5;
            Task sending = Task.Run(() => Send(producers[expected]));
            Assert.That(set.Wait(out WaitSetEvent ready, Patience), Is.True);
            Assert.That(ready.Tag, Is.EqualTo(expected));
            TakeSequence(ready.Consumer!);
            sending.Wait();
        }
    }

    [Test]
    public void Wait_ends_for_a_producer_whose_buffer_comes_free()
    {
        Producer producer = CreateProducer(s_small);
        Consumer consumer = OpenConsumer();
        Send(producer, 64, count: 3);
        var set = new WaitSet(WaitMode.Sleep);
        set.Add(producer);
        for (int round = 0; round < 50; round++)
        {
            Assert.That(set.Wait(out _, TimeSpan.Zero), Is.False);
            Task<ulong> taking = Task.Run(() => TakeSequence(consumer));
            Assert.That(set.Wait(out WaitSetEvent ready, Patience), Is.True);
            Assert.That(ready.Producer, Is.SameAs(producer));
            Send(producer);
            taking.Wait();
        }
    }

    [Test]
    public void Member_that_always_has_something_does_not_starve_the_others()
    {
        var set = new WaitSet();
        for (int i = 0; i < 3; i++)
        {
            Producer producer = Open(Producer.Create($"{Name}-{i}", s_small with { BufferCount = 8 }));
            set.Add(Open(Consumer.Open($"{Name}-{i}")), tag: i);
            Send(producer, 64, count: 2);
        }

        List<object?> order = [];
        while (set.Wait(out WaitSetEvent ready, TimeSpan.Zero))
        {
            order.Add(ready.Tag);
            TakeSequence(ready.Consumer!);
        }

        Assert.That(order, Is.EqualTo(new object[] { 0, 1, 2, 0, 1, 2 }));
    }

    [TestCase(0)]
    [TestCase(20)]
    [TestCase(130)]
    public void Time_out_is_never_early(int milliseconds)
    {
        CreateProducer(s_small);
        var set = new WaitSet();
        set.Add(OpenConsumer());
        var timeout = TimeSpan.FromMilliseconds(milliseconds);
        long start = MonotonicClock.Nanoseconds;
        Assert.That(set.Wait(out _, timeout), Is.False);
        Assert.That(MonotonicClock.Nanoseconds - start, Is.GreaterThanOrEqualTo(timeout.TotalNanoseconds));
    }

    [Test]
    public void Cancellation_ends_a_wait()
    {
        CreateProducer(s_small);
        var set = new WaitSet(WaitMode.Sleep);
        set.Add(OpenConsumer());
        for (int i = 0; i < 20; i++)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(i % 4));
            Assert.Throws<OperationCanceledException>(() => set.Wait(out _, Timeout.InfiniteTimeSpan, soon.Token));
        }
    }

    [Test]
    public void Disposed_member_ends_a_wait_and_leaves_the_set()
    {
        Producer producer = CreateProducer(s_small);
        Consumer other = OpenConsumer();
        var set = new WaitSet(WaitMode.Sleep);
        set.Add(other);
        for (int i = 0; i < 20; i++)
        {
            Consumer consumer = OpenConsumer();
            set.Add(consumer);
            Task disposing = Task.Run(consumer.Dispose);
            set.Wait(out WaitSetEvent ready);
            Assert.That(ready.Consumer, Is.SameAs(consumer));
            Assert.That(disposing.Wait(Patience), Is.True);
            if (set.Count == 2)
            {
                // It was closing when the wait found it: the next one finds it closed.
                set.Wait(out ready);
                Assert.That(ready.Consumer, Is.SameAs(consumer));
            }

            Assert.That(set.Count, Is.EqualTo(1));
        }

        producer.Dispose();
        set.Wait(out WaitSetEvent ended);
        Assert.That(ended.Consumer!.Pull(out _), Is.EqualTo(PullStatus.EndOfStream));
    }

    [Test]
    public void Killed_producer_ends_a_wait()
    {
        ActorProcess actor = StartActor();
        actor.Do($"create name={Name}");
        Consumer consumer = OpenConsumer();
        var set = new WaitSet();
        set.Add(consumer);
        LeavesADeadPool = true;
        Task killing = Task.Run(actor.Kill);
        Assert.That(set.Wait(out WaitSetEvent ready, Patience), Is.True);
        killing.Wait();
        Assert.That(ready.Consumer!.Pull(out _, TimeSpan.Zero), Is.EqualTo(PullStatus.ProducerLost));
    }

    [Test]
    public void Killed_producer_is_found_beside_a_member_that_always_has_something()
    {
        ActorProcess actor = StartActor();
        actor.Do($"create name={Name}");
        Producer producer = Open(Producer.Create($"{Name}-busy", s_small));
        Consumer busy = Open(Consumer.Open($"{Name}-busy"));
        var set = new WaitSet();
        set.Add(busy);
        set.Add(OpenConsumer(), tag: "dead");
        LeavesADeadPool = true;
        actor.Kill();
        var deadline = Deadline.After(Patience);
        WaitSetEvent ready;
        do
        {
            Send(producer);
            Assert.That(set.Wait(out ready, Patience), Is.True);
            while (busy.TryPull(out ReadLease lease))
            {
                lease.Push();
            }
        }
        while (ready.Tag is null && !deadline.HasPassed);
        Assert.That(ready.Tag, Is.EqualTo("dead"));
    }

    [Test]
    public void Set_of_more_members_than_the_kernel_sleeps_on_at_once_works()
    {
        Assert.That(SpinWait.SpinUntil(() => CountWaitingThreads() == 0, Patience), Is.True, "nothing waits");
        var set = new WaitSet(WaitMode.Sleep);
        List<Producer> producers = [];
        for (int i = 0; i < 140; i++)
        {
            producers.Add(Open(Producer.Create($"{Name}-{i}", s_small)));
            set.Add(Open(Consumer.Open($"{Name}-{i}")), tag: i);
        }

        for (int i = 0; i < 140; i++)
        {
            Task sending = Task.Run(() => Send(producers[i]));
            Assert.That(set.Wait(out WaitSetEvent ready, Patience), Is.True);
            Assert.That(ready.Tag, Is.EqualTo(i));
            TakeSequence(ready.Consumer!);
            sending.Wait();
        }

        Assert.That(set.Wait(out _, TimeSpan.FromMilliseconds(5)), Is.False);
        Assert.That(CountWaitingThreads(), Is.GreaterThan(1), "the waiting thread and its sleepers have looked, and " +
            "not only the set after each slice");
    }

    [Test]
    public void Misuse_is_refused()
    {
        CreateProducer(s_small);
        Consumer consumer = OpenConsumer();
        var set = new WaitSet();
        Assert.Throws<InvalidOperationException>(() => set.Wait(out _, TimeSpan.Zero));
        set.Add(consumer);
        Assert.Throws<ArgumentException>(() => set.Add(consumer));
        ValueTask<PullResult<StoredReadLease>> pull = consumer.PullAsync();
        Assert.That(pull.IsCompleted, Is.False);
        Assert.Throws<InvalidOperationException>(() => set.Wait(out _, TimeSpan.Zero), "a pull of the member is " +
            "pending");
        Assert.That(set.Remove(consumer), Is.True);
        Assert.That(set.Remove(consumer), Is.False);
        consumer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => set.Add(consumer));
    }

    [Test]
    public void Waiting_allocates_nothing([Values] WaitMode mode)
    {
        Producer producer = CreateProducer(s_small);
        Consumer consumer = OpenConsumer();
        var set = new WaitSet(mode);
        set.Add(consumer);
        Exchange(100);
        set.Wait(out _, TimeSpan.FromMilliseconds(1));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(1000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Exchange(int count)
        {
            for (int i = 0; i < count; i++)
            {
                producer.Pull(out WriteLease lease);
                lease.Push(8);
                set.Wait(out WaitSetEvent ready);
                ready.Consumer!.Pull(out ReadLease frame);
                frame.Push();
                set.Wait(out _, TimeSpan.FromMicroseconds(20));
            }
        }
    }
}
