using System.Globalization;
using Bips.Signaler.Waiting;
using Bips.Tests.Support;

namespace Bips.Tests.Async;

/// <summary>One process awaits the frames of many others.</summary>
public sealed class ManyConsumersTests : PoolFixture
{
    private const int Feeders = 5;
    private const int PoolsPerFeeder = 10;
    private const int ConsumersPerPool = 4;

    /// <summary>
    /// Threads of a .NET process that has nothing to do with Bips, and its pool's, on a machine of a few processors.
    /// </summary>
    private const int OtherThreads = 40;

    /// <summary>Runs a program with a system call that fails with an error, by a filter of the kernel's.</summary>
    private const string Filter = """
        import ctypes, os, struct, sys
        number, error = int(sys.argv[1]), int(sys.argv[2])
        def step(code, yes, no, value): return struct.pack("HBBI", code, yes, no, value)
        program = step(
            0x20, 0, 0, 0) + step(0x15, 0, 1, number) + step(0x06, 0, 0, 0x50000 | error) + step(0x06, 0, 0, 0x7FFF0000)
        steps = ctypes.create_string_buffer(program)
        class Program(ctypes.Structure):
            _fields_ = [("count", ctypes.c_ushort), ("steps", ctypes.c_void_p)]
        libc = ctypes.CDLL(None, use_errno=True)
        whole = Program(len(program) // 8, ctypes.addressof(steps))
        if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(whole)):
            sys.exit("no filter")
        os.execv(sys.argv[3], sys.argv[3:])
        """;

    [Test]
    public void Two_hundred_consumers_of_fifty_pools_lose_no_frame_and_cost_a_thread_but_no_processor_time(
        [Values] bool waitv)
    {
        int waitingThreads = waitv ? 1 : 1 + (Feeders * PoolsPerFeeder);
        List<ActorProcess> feeders = [];
        for (int i = 0; i < Feeders; i++)
        {
            feeders.Add(StartActor());
            feeders[i].Do($"feed-create name={Name} first={i * PoolsPerFeeder} count={PoolsPerFeeder} size=256 " +
                "buffers=6");
        }

        ActorProcess gatherer = waitv ? StartActor() : StartActor("env", $"{FutexVector.Switch}=1");
        Assert.That(gatherer.Do(
            $"gather name={Name} pools={Feeders * PoolsPerFeeder} each={ConsumersPerPool}"), Is.EqualTo("ok"));
        AssertIdle(gatherer);

        for (int i = 0; i < Feeders; i++)
        {
            feeders[i].Say($"feed time={Soak.Times(3000, 60_000)} seed={i}");
        }

        Assert.That(CountThreads(gatherer, Soak.Times(2, 55)), Is.All.Matches<(int All, int Waiting)>(
            threads => threads.Waiting == waitingThreads && threads.All - threads.Waiting < OtherThreads));
        string[] sent = [.. feeders.SelectMany(feeder => Counts(feeder.Answer()))];
        string[] gathered = Counts(gatherer.Do("gathered"));
        Assert.That(gathered, Is.EqualTo(sent.SelectMany(count => Enumerable.Repeat(count, ConsumersPerPool))));
        TestContext.Out.WriteLine($"{sent.Sum(count => long.Parse(count, CultureInfo.InvariantCulture))} frames");
    }

    [TestCase(38, TestName = "Process_that_may_not_call_futex_waitv_awaits_as_well(ENOSYS)")]
    [TestCase(1, TestName = "Process_that_may_not_call_futex_waitv_awaits_as_well(EPERM)")]
    public void Process_that_may_not_call_futex_waitv_awaits_as_well(int error)
    {
        const int pools = 3;
        ActorProcess feeder = StartActor();
        feeder.Do($"feed-create name={Name} count={pools} size=256 buffers=6");
        ActorProcess gatherer = StartActor("/usr/bin/python3", "-c", Filter, "449", $"{error}");
        Assert.That(gatherer.Do($"gather name={Name} pools={pools} each=2"), Is.EqualTo("ok"));
        feeder.Say("feed time=1500");
        Assert.That(CountThreads(
            gatherer, times: 1), Has.All.Matches<(int All, int Waiting)>(threads => threads.Waiting == 1 + pools));
        string[] sent = Counts(feeder.Answer());
        Assert.That(Counts(gatherer.Do("gathered")), Is.EqualTo(sent.SelectMany(count => Enumerable.Repeat(count, 2))));
    }

    private static void AssertIdle(ActorProcess gatherer)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromSeconds(1));
        TimeSpan before = gatherer.ProcessorTime;
        // Long enough that the last of what a process does once, after it has started, does not count for much.
        var time = TimeSpan.FromSeconds(Soak.Times(6, 20));
        never.Wait(time);
        TimeSpan used = gatherer.ProcessorTime - before;
        TestContext.Out.WriteLine($"idle: {used.TotalMilliseconds} ms in {time.TotalSeconds} s");
        Assert.That(used, Is.LessThan(time / 100), "1 % of a processor");
    }

    /// <summary>All threads, and those of Bips, once a second.</summary>
    private static List<(int All, int Waiting)> CountThreads(ActorProcess process, int times)
    {
        List<(int All, int Waiting)> counts = [];
        using var never = new ManualResetEventSlim();
        for (int i = 0; i < times; i++)
        {
            never.Wait(TimeSpan.FromSeconds(1));
            string[] names = [.. Directory.GetDirectories(
                $"/proc/{process.Id}/task").Select(task => File.ReadAllText($"{task}/comm").Trim())];
            counts.Add((names.Length, names.Count(name => name is "bips-wait")));
        }

        TestContext.Out.WriteLine($"threads (all, waiting): {string.Join(' ', counts.Distinct())}");
        return counts;
    }

    private static string[] Counts(string answer)
    {
        Assert.That(answer, Does.StartWith("ok "));
        return answer["ok ".Length..].Split(',');
    }
}
