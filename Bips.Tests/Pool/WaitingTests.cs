using System.Diagnostics;
using System.Globalization;
using Bips.Signaler;
using Bips.Tests.Support;

namespace Bips.Tests.Pool;

/// <summary>Waits end when they should, not before, and cost nothing meanwhile.</summary>
public sealed class WaitingTests : PoolFixture
{
    [Test]
    public void No_wake_up_is_lost_in_hand_overs_with_random_delays([Values] WaitMode mode)
    {
        int frames = Soak.Times(mode == WaitMode.Spin ? 100_000 : 500_000, 10_000_000);
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} size=8 buffers=4 mode={mode}");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name} mode={mode}");
        consumer.Say("receive pauses=1 timeout=10000");
        int sent = 0;
        while (sent < frames)
        {
            sent += 100_000;
            Assert.That(producer.Do("send count=100000 length=8 pauses=1 timeout=10000"), Is.EqualTo($"ok {sent}"));
        }

        producer.Do("close-producer");
        Assert.That(consumer.Answer(), Is.EqualTo($"EndOfStream {frames} 0 1 {frames}"));
    }

    [Test]
    public void Wake_up_comes_from_the_push_and_not_from_the_re_check()
    {
        // 200 waits that each ended with a re-check slice would take 20 s.
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} mode=Sleep");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name} mode=Sleep");
        var waits = new List<double>();
        for (int i = 0; i < 200; i++)
        {
            consumer.Say("pull");
            producer.Do("send length=8");
            string[] words = consumer.Answer().Split(' ');
            Assert.That(words[0], Is.EqualTo("Success"));
            waits.Add(double.Parse(words[5], CultureInfo.InvariantCulture));
            consumer.Do("push");
        }

        producer.Do("close-producer");
        waits.Sort();
        Assert.That(waits[waits.Count / 2], Is.LessThan(50), "half of the waits lasted a slice: wake-ups are lost");
    }

    [Test]
    public void Burst_of_a_million_pushes_that_nobody_reads_neither_blocks_nor_fails()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 8, BufferCount = 4 });
        for (int i = 0; i < 1_000_000; i++)
        {
            Assert.That(producer.TryPull(out WriteLease lease), Is.True);
            lease.Push(0);
        }

        Assert.That(producer.Published, Is.EqualTo(1_000_000));
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(130)]
    public void Time_outs_are_never_early(int milliseconds)
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 3 });
        Consumer consumer = OpenConsumer();
        Send(producer, 64, count: 3);
        var timeout = TimeSpan.FromMilliseconds(milliseconds);
        for (int i = 0; i < 20; i++)
        {
            long start = MonotonicClock.Nanoseconds;
            Assert.That(producer.Pull(out _, timeout), Is.EqualTo(PullStatus.TimedOut));
            Assert.That(MonotonicClock.Nanoseconds - start, Is.GreaterThanOrEqualTo(timeout.TotalNanoseconds));
        }

        for (int i = 0; i < 3; i++)
        {
            TakeSequence(consumer);
        }

        for (int i = 0; i < 20; i++)
        {
            long start = MonotonicClock.Nanoseconds;
            Assert.That(consumer.Pull(out _, timeout), Is.EqualTo(PullStatus.TimedOut));
            Assert.That(MonotonicClock.Nanoseconds - start, Is.GreaterThanOrEqualTo(timeout.TotalNanoseconds));
        }
    }

    [Test]
    public void Clock_is_the_kernels_monotonic_one_which_wall_clock_jumps_do_not_move()
    {
        // The system's uptime is read from the same clock, in hundredths of a second (CLOCK_BOOTTIME, which differs
        // from CLOCK_MONOTONIC only by time spent suspended).
        double before = MonotonicClock.Nanoseconds / 1e9;
        double uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.That(uptime, Is.EqualTo(before).Within(1.0));
    }

    [Test]
    public void Idle_consumer_and_blocked_producer_use_less_than_one_percent_of_a_processor()
    {
        ActorProcess idle = StartActor();
        ActorProcess blocked = StartActor();
        blocked.Do($"create name={Name} buffers=3");
        idle.Do($"open name={Name}");
        blocked.Do("send count=3");
        idle.Do("receive count=3");
        Consumer slow = OpenConsumer(new ConsumerOptions { MaximumHeld = 3 });
        blocked.Do("send count=2");
        idle.Do("receive count=2");
        idle.Say("pull timeout=12000");
        blocked.Say("send count=3 timeout=12000");
        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromSeconds(1));
        (TimeSpan Idle, TimeSpan Blocked) before = (idle.ProcessorTime, blocked.ProcessorTime);
        never.Wait(TimeSpan.FromSeconds(10));
        Assert.That((idle.ProcessorTime - before.Idle).TotalMilliseconds, Is.LessThan(100), "1 % of 10 s, idle " +
            "consumer");
        Assert.That((blocked.ProcessorTime - before.Blocked).TotalMilliseconds, Is.LessThan(100), "1 % of 10 s, " +
            "blocked producer");
        TestContext.Out.WriteLine($"idle {idle.ProcessorTime - before.Idle}, blocked " +
            $"{blocked.ProcessorTime - before.Blocked}");
        slow.Dispose();
        idle.Answer();
        blocked.Answer();
        blocked.Do("close-producer");
    }

    [Test]
    public void Cancellation_ends_every_kind_of_wait_at_once([Values] WaitMode mode)
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 3, WaitMode = mode });
        Consumer consumer = OpenConsumer(new ConsumerOptions { WaitMode = mode });
        for (int i = 0; i < 50; i++)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(5));
            Assert.Throws<OperationCanceledException>(() => consumer.Pull(out _, Timeout.InfiniteTimeSpan, soon.Token));
        }

        Send(producer, 64, count: 3);
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < 50; i++)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(5));
            Assert.Throws<OperationCanceledException>(() => producer.Pull(out _, Timeout.InfiniteTimeSpan, soon.Token));
        }

        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(4)), "50 cancellations that wait for a slice " +
            "each take 5 s");
        using var already = new CancellationTokenSource();
        already.Cancel();
        Assert.Throws<OperationCanceledException>(() => producer.Pull(out _, TimeSpan.FromSeconds(1), already.Token));
        Assert.That(TakeSequence(consumer), Is.EqualTo(1), "no frame was lost");
    }

    [Test]
    public void Dispose_ends_every_kind_of_wait([Values] WaitMode mode)
    {
        for (int i = 0; i < 20; i++)
        {
            string name = $"{Name}-{i}";
            using var producer = Producer.Create(
                name, new PoolOptions { BufferSize = 64, BufferCount = 3, WaitMode = mode });
            using var consumer = Consumer.Open(name, new ConsumerOptions { WaitMode = mode });
            Task waiting = Task.Factory.StartNew(
                () =>
                    Assert.Throws<ObjectDisposedException>(
                        () => consumer.Pull(out _)), TaskCreationOptions.LongRunning);
            using (var gone = new ManualResetEventSlim())
            {
                gone.Wait(i);
            }

            consumer.Dispose();
            Assert.That(waiting.Wait(TimeSpan.FromSeconds(10)), Is.True);

            using var slow = Consumer.Open(name);
            Send(producer, 64, count: 3);
            waiting = Task.Factory.StartNew(
                () =>
                    Assert.Throws<ObjectDisposedException>(
                        () => producer.Pull(out _)), TaskCreationOptions.LongRunning);
            producer.Dispose();
            Assert.That(waiting.Wait(TimeSpan.FromSeconds(10)), Is.True);
        }
    }

    [Test]
    public void Dispose_while_another_thread_reads_never_faults()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 4096, BufferCount = 8 });
        for (int round = 0; round < 300; round++)
        {
            Consumer consumer = Consumer.Open(Name, new ConsumerOptions { Overflow = OverflowPolicy.DropOldest });
            using var started = new ManualResetEventSlim();
            Task reader = Task.Factory.StartNew(
                () => ReadUntilDisposed(consumer, started), TaskCreationOptions.LongRunning);
            started.Wait();
            Send(producer, 4096, count: 20);
            consumer.Dispose();
            Assert.That(reader.Wait(TimeSpan.FromSeconds(10)), Is.True);
        }

        Assert.That(producer.Consumers(), Is.Empty);

        static void ReadUntilDisposed(Consumer consumer, ManualResetEventSlim started)
        {
            started.Set();
            try
            {
                while (consumer.Pull(out ReadLease lease) == PullStatus.Success)
                {
                    using (lease)
                    {
                        Assert.That(Actor.FramePattern.Matches(lease.Span, lease.Sequence), Is.True);
                    }
                }
            }
            catch (ObjectDisposedException)
            {
                // What the test is about.
            }
        }
    }

    [Test]
    public void Signals_do_not_end_a_wait()
    {
        Producer producer = CreateProducer();
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name} mode=Sleep");
        consumer.Say("pull timeout=1500");
        for (int i = 0; i < 20; i++)
        {
            // SIGCONT interrupts system calls of a process that is stopped and continued.
            Shell.Run("kill", "-STOP", $"{consumer.Id}");
            Shell.Run("kill", "-CONT", $"{consumer.Id}");
        }

        string[] words = consumer.Answer().Split(' ');
        Assert.That(words[0], Is.EqualTo("TimedOut"));
        Assert.That(double.Parse(words[1], CultureInfo.InvariantCulture), Is.GreaterThanOrEqualTo(1500));
        Assert.That(producer.Published, Is.Zero);
    }

    [Test]
    public void Waiting_for_a_pool_is_woken_by_its_creation_and_ends_with_its_time_out()
    {
        var clock = Stopwatch.StartNew();
        BipsException error = Fails(BipsError.PoolNotFound, () => Consumer.Open(
            Name, new ConsumerOptions { WaitForPool = TimeSpan.FromMilliseconds(200) }));
        Assert.That(clock.Elapsed, Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(200)));
        Assert.That(error.Message, Does.Contain(Name).And.Contain("waited 0.2 s"));
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        Assert.Throws<OperationCanceledException>(() => Consumer.Open(
            Name, new ConsumerOptions { WaitForPool = Timeout.InfiniteTimeSpan }, soon.Token));
    }

    [Test]
    public void Steady_state_allocates_nothing_on_either_side(
        [Values("block", "drop-oldest", "latest:1")] string overflow, [Values] WaitMode mode)
    {
        Producer producer = CreateProducer(
            new PoolOptions { BufferSize = 64, BufferCount = 4, MetadataSize = 8, WaitMode = mode });
        var policy = OverflowPolicy.Parse(overflow, CultureInfo.InvariantCulture);
        Consumer consumer = OpenConsumer(new ConsumerOptions { Overflow = policy, WaitMode = mode });
        Exchange(1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(20_000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Exchange(int count)
        {
            for (int i = 0; i < count; i++)
            {
                producer.Pull(out WriteLease lease);
                lease.Push(64);
                consumer.Pull(out ReadLease frame);
                frame.Push();
                consumer.TryPull(out _);
                if (i % 100 == 0)
                {
                    consumer.Pull(out _, TimeSpan.FromMicroseconds(20));
                }
            }
        }
    }
}
