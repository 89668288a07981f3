using System.Diagnostics;
using System.Globalization;
using Bips.Tests.Support;

namespace Bips.Tests.Pool;

/// <summary>
/// Deaths that a test can arrange one at a time; <c>Bips.Torture</c> arranges them by the thousand and at every step of
/// the protocol.
/// </summary>
public sealed class CrashTests : PoolFixture
{
    [Test]
    public void Buffers_of_a_killed_consumer_come_back_and_the_others_lose_nothing()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=6");
        ActorProcess survivor = StartActor();
        survivor.Do($"open name={Name}");
        for (int round = 0; round < 5; round++)
        {
            ActorProcess victim = StartActor();
            victim.Do($"open name={Name} held=3 history=0");
            producer.Do("send count=3");
            survivor.Do("receive count=3");
            for (int i = 0; i < 3; i++)
            {
                Assert.That(victim.Do("pull"), Does.StartWith("Success"));
            }

            victim.Kill();
            survivor.Say("receive count=20");
            Assert.That(producer.Do("send count=20 timeout=5000"), Does.StartWith("ok"));
            Assert.That(survivor.Answer(), Does.StartWith("Success 20 0"));
        }

        producer.Do("close-producer");
    }

    [Test]
    public void Half_written_frame_of_a_killed_producer_is_seen_by_nobody()
    {
        for (int round = 0; round < 10; round++)
        {
            ActorProcess producer = StartActor();
            producer.Do($"create name={Name} buffers=4");
            ActorProcess consumer = StartActor();
            consumer.Do($"open name={Name} grace=20000 history=0");
            producer.Do("send");
            Assert.That(producer.Do("pull-buffer"), Is.EqualTo("Success"));
            producer.Kill();
            ActorProcess successor = StartActor();
            Assert.That(successor.Do($"create name={Name} buffers=4"), Does.StartWith("ok take-over"));
            successor.Do("send count=2");
            Assert.That(consumer.Do("receive count=3"), Does.StartWith("Success 3 0"));
            successor.Do("close-producer");
        }
    }

    [Test]
    public void Producer_that_was_killed_while_blocked_is_replaced_by_one_that_is_not()
    {
        ActorProcess first = StartActor();
        first.Do($"create name={Name} buffers=3");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name} grace=20000");
        first.Do("send count=3");
        first.Say("send");
        Assert.That(WaitsForBuffer(), Is.True);
        first.Kill();
        ActorProcess second = StartActor();
        Assert.That(second.Do($"create name={Name} buffers=3"), Is.EqualTo("ok take-over 3"));
        second.Say("send");
        Assert.That(consumer.Do("receive count=4"), Is.EqualTo("Success 4 0 1 4"));
        Assert.That(second.Answer(), Is.EqualTo("ok 4"));
        second.Do("close-producer");
    }

    [Test]
    public void Stopped_consumer_is_never_declared_dead_and_goes_on()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=4");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name}");
        producer.Do("send");
        consumer.Do("pull");
        Shell.Run("kill", "-STOP", consumer.Id.ToString(CultureInfo.InvariantCulture));
        int milliseconds = Soak.Times(2_000, 60_000);
        Assert.That(producer.Do($"send count=10 timeout={milliseconds}"), Does.StartWith("TimedOut 3"));
        Shell.Run("kill", "-CONT", consumer.Id.ToString(CultureInfo.InvariantCulture));
        Assert.That(consumer.Do("check-held"), Is.EqualTo("ok 1"));
        consumer.Do("push");
        producer.Say("send count=10");
        Assert.That(consumer.Do("receive count=13"), Is.EqualTo("Success 13 0 2 14"));
        Assert.That(producer.Answer(), Is.EqualTo("ok 14"));
        producer.Do("close-producer");
    }

    [Test]
    public void Stopped_producer_is_not_taken_over()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name}");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name}");
        Shell.Run("kill", "-STOP", producer.Id.ToString(CultureInfo.InvariantCulture));
        Assert.That(consumer.Do("pull timeout=1000"), Does.StartWith("TimedOut"));
        Assert.That(StartActor().Do($"create name={Name}"), Does.StartWith("error ProducerActive"));
        Shell.Run("kill", "-CONT", producer.Id.ToString(CultureInfo.InvariantCulture));
        producer.Do("send");
        Assert.That(consumer.Do("pull"), Does.StartWith("Success"));
        producer.Do("close-producer");
    }

    [Test]
    public void Zombie_is_dead()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=3");
        string actor = Path.Combine(AppContext.BaseDirectory, "Bips.Tests.Actor");

        // The shell never waits for its child, so that the killed consumer stays a zombie as long as the shell sleeps.
        using Process shell = Process.Start(new ProcessStartInfo("sh",
            ["-c", $"(echo open name={Name}; sleep 1000) | {actor} & echo $!; exec sleep 1000"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        string child = shell.StandardOutput.ReadLine()!;
        Assert.That(shell.StandardOutput.ReadLine(), Does.StartWith("ready"));
        Assert.That(shell.StandardOutput.ReadLine(), Does.StartWith("ok"));
        Assert.That(producer.Do("send count=10 timeout=50"), Does.StartWith("TimedOut 3"));
        Shell.Run("kill", "-KILL", child);
        Assert.That(producer.Do("send count=10"), Does.StartWith("ok"));
        Assert.That(File.ReadAllText($"/proc/{child}/stat"), Does.Contain(") Z "));
        shell.Kill(entireProcessTree: true);
        producer.Do("close-producer");
    }

    [Test]
    public void Process_id_that_is_somebody_elses_by_now_keeps_nothing_alive()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=3");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name}");
        Assert.That(producer.Do("send count=10 timeout=50"), Does.StartWith("TimedOut 3"));
        consumer.Kill();
        Overwrite($"bips.{Name}.lanes", Environment.SystemPageSize + 0x10, Environment.ProcessId);
        Assert.That(producer.Do("send count=10"), Is.EqualTo("ok 13"));
        producer.Kill();
        Overwrite($"bips.{Name}", Environment.SystemPageSize + 0x8C, Environment.ProcessId);
        Assert.That(StartActor().Do($"open name={Name}"), Does.StartWith("error ProducerLost"));
        ActorProcess successor = StartActor();
        Assert.That(successor.Do($"create name={Name} buffers=3"), Is.EqualTo("ok take-over 13"));
        successor.Do("close-producer");
    }

    [Test]
    public void Dead_lane_that_joiners_and_the_producer_want_at_once_is_taken_once_and_nobody_loses_a_frame()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=6 history=0");
        ActorProcess innocent = StartActor();
        innocent.Do($"open name={Name} history=0");
        for (int round = 0; round < 10; round++)
        {
            ActorProcess victim = StartActor();
            ActorProcess[] joiners = [StartActor(), StartActor()];
            victim.Do($"open name={Name} held=2 history=0");
            producer.Do("send count=2");
            innocent.Do("receive count=2");
            victim.Do("pull");
            victim.Do("pull");
            innocent.Say("receive count=20");
            victim.Kill();
            producer.Say("send count=20 timeout=5000");
            foreach (ActorProcess joiner in joiners)
            {
                joiner.Say($"open name={Name} overflow=drop-oldest history=0");
            }

            Assert.That(producer.Answer(), Does.StartWith("ok"));
            Assert.That(innocent.Answer(), Does.StartWith("Success 20 0"));
            Assert.That(joiners.Select(joiner => joiner.Answer()), Has.All.StartsWith("ok"));
            Assert.That(joiners.Select(joiner => joiner.Do("close-consumer")), Has.All.StartsWith("ok"));
        }

        producer.Do("close-producer");
    }

    [Test]
    public void Of_two_processes_that_race_to_become_producer_exactly_one_wins()
    {
        for (int round = 0; round < 20; round++)
        {
            ActorProcess[] racers = [StartActor(), StartActor(), StartActor()];
            foreach (ActorProcess racer in racers)
            {
                racer.Say($"create name={Name}");
            }

            string[] answers = [.. racers.Select(racer => racer.Answer())];
            Assert.That(answers.Count(answer => answer.StartsWith(
                "ok", StringComparison.Ordinal)), Is.EqualTo(1), string.Join('\n', answers));
            Assert.That(answers.Count(
                answer => answer.StartsWith("error ProducerActive", StringComparison.Ordinal)), Is.EqualTo(2));
            foreach (ActorProcess racer in racers)
            {
                racer.Kill();
            }
        }

        LeavesADeadPool = true;
    }

    [Test]
    public void Killing_everybody_over_and_over_neither_grows_shared_memory_nor_stops_the_next_start()
    {
        long before = 0;
        int cycles = Soak.Times(10, 1000);
        TimeSpan slowest = TimeSpan.Zero;
        for (int cycle = 0; cycle < cycles; cycle++)
        {
            using ActorProcess producer = ActorProcess.Start();
            using ActorProcess consumer = ActorProcess.Start();
            var clock = Stopwatch.StartNew();
            Assert.That(producer.Do($"create name={Name} size=100000"), Does.StartWith("ok"));
            slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
            Assert.That(consumer.Do(
                $"open name={Name} overflow={(cycle % 2 == 0 ? "block" : "drop-oldest")}"), Does.StartWith("ok"));
            producer.Do("send count=5");
            consumer.Do("pull");
            consumer.Kill();
            producer.Kill();
            long used = Directory.GetFiles("/dev/shm", $"bips.{Name}*").Sum(file => new FileInfo(file).Length);
            before = before == 0 ? used : before;
            Assert.That(used, Is.EqualTo(before), $"after {cycle + 1} cycles");
        }

        TestContext.Out.WriteLine($"slowest start of {cycles}: {slowest.TotalMilliseconds:F1} ms");
        Assert.That(slowest, Is.LessThan(TimeSpan.FromSeconds(1)));
        LeavesADeadPool = true;
    }

    [Test]
    public void Stalled_consumer_is_evicted_after_the_time_that_the_producer_chose_and_is_told()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=8 evict=300");
        ActorProcess stalled = StartActor();
        stalled.Do($"open name={Name}");
        ActorProcess innocent = StartActor();
        innocent.Do($"open name={Name}");
        producer.Do("send");
        stalled.Do("pull");
        innocent.Say("receive count=51");
        Assert.That(producer.Do("send count=50 timeout=10000"), Is.EqualTo("ok 51"));
        Assert.That(innocent.Answer(), Is.EqualTo("Success 51 0 1 51"));
        Assert.That(stalled.Do("check-held"), Is.EqualTo("ok 1"), "what an evicted consumer holds stays intact");
        stalled.Do("push");
        Assert.That(stalled.Do("pull"), Does.StartWith("Evicted"));
        stalled.Do("close-consumer");
        Assert.That(stalled.Do($"open name={Name}"), Does.StartWith("ok"));
        Assert.That(stalled.Do("pull"), Does.StartWith("Success 51"));
        producer.Do("close-producer");
    }

    [Test]
    public void Consumer_that_waits_although_nothing_comes_is_not_stalled()
    {
        Producer producer = CreateProducer(
            new PoolOptions { BufferSize = 64, EvictStalledAfter = TimeSpan.FromMilliseconds(50) });
        Consumer consumer = OpenConsumer();
        Assert.That(consumer.Pull(out _, TimeSpan.FromMilliseconds(300)), Is.EqualTo(PullStatus.TimedOut));
        Send(producer, 64, count: 3);
        Assert.That(TakeSequence(consumer), Is.EqualTo(1));
    }

    [Test]
    public void Two_consumers_in_one_process_are_two_consumers()
    {
        Producer producer = CreateProducer();
        Consumer one = OpenConsumer();
        Consumer other = OpenConsumer();
        Assert.That(one.Lane, Is.Not.EqualTo(other.Lane));
        Send(producer, 64, count: 2);
        Assert.That(TakeSequence(one), Is.EqualTo(1));
        one.Dispose();
        Assert.That(TakeSequence(other), Is.EqualTo(1));
        Assert.That(TakeSequence(other), Is.EqualTo(2));
        Assert.That(producer.Consumers(), Has.Count.EqualTo(1));
    }

    private static void Overwrite(string name, long offset, int value)
    {
        using var file = File.OpenHandle(
            Path.Combine("/dev/shm", name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.Write(file, BitConverter.GetBytes(value), offset);
    }

    private bool WaitsForBuffer()
    {
        var patience = Stopwatch.StartNew();
        while (patience.Elapsed < TimeSpan.FromSeconds(10))
        {
            byte[] pool = File.ReadAllBytes($"/dev/shm/bips.{Name}");
            if (BitConverter.ToUInt32(pool, Environment.SystemPageSize + 0x80) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
