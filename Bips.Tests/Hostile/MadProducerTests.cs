using System.Globalization;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;
using Bips.Signaler.Kernel;
using Bips.Tests.Support;

namespace Bips.Tests.Hostile;

/// <summary>
/// Whatever a producer writes: its consumers get an error or an odd frame, never a fault, and every call comes back.
/// </summary>
public sealed unsafe class MadProducerTests : PoolFixture
{
    /// <summary>
    /// A call that waits 5 ms at most, on a machine that is busy; a hang would be the actor's whole patience.
    /// </summary>
    private const double SlowestCallMilliseconds = 15_000;

    [Test]
    public void Anything_in_ring_state_and_directives_never_faults_or_hangs_a_consumer()
    {
        Random random = Fuzz.NewRandom();
        Producer producer = CreateProducer(new PoolOptions
        {
            BufferSize = 5000,
            BufferCount = 8,
            MetadataSize = 8,
            EvictStalledAfter = TimeSpan.FromSeconds(30),
        });
        Send(producer, 64, 3);
        using PoolMemory pool = PoolMemory.TryOpen(new PoolPlace(Name, "/dev/shm"), writable: true)!;
        string[] policies = ["block", "drop-oldest", "latest:2"];
        Task<string>[] answers = [.. policies.Select(policy =>
        {
            ActorProcess consumer = StartActor();
            consumer.Say($"endure name={Name} overflow={policy} held=2 history=1 time={Soak.Times(4000, 40_000)}");
            return Task.Run(consumer.Answer);
        })];
        long writes = 0;
        while (!Task.WaitAll(answers, TimeSpan.Zero))
        {
            WriteSanely(pool, random);
            int hostile = random.Next(4);
            for (int i = 0; i < hostile; i++)
            {
                WriteAnything(pool, random);
                writes++;
            }

            pool.Control.State->WakeSleepers();
            Thread.SpinWait(random.Next(3000));
        }

        pool.Control.State->State = PoolState.Ready;
        foreach (Task<string> answer in answers)
        {
            TestContext.Out.WriteLine($"{writes} writes: {answer.Result}");
            string[] numbers = answer.Result.Split(' ');
            Assert.That(numbers[0], Is.EqualTo("ok"));
            Assert.That(Number(numbers[2]), Is.Positive, "frames");
            Assert.That(Number(numbers[3]), Is.Positive, "errors");
            Assert.That(Number(numbers[5]), Is.LessThan(SlowestCallMilliseconds), "slowest call");
        }
    }

    [Test]
    public void Buffer_that_is_published_while_a_consumer_holds_it_is_an_error_and_no_hang()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer(new ConsumerOptions { MaximumHeld = 2 });
        Send(producer);
        StoredReadLease held = Take(consumer);
        using PoolMemory pool = PoolMemory.TryOpen(new PoolPlace(Name, "/dev/shm"), writable: true)!;
        pool.Control.Ring[2].Publish(2, held.BufferIndex);
        Task told = Task.Factory.StartNew(
            () =>
                Assert.That(
                    Fails(BipsError.Corrupt, () => consumer.TryPull(out _)).Message, Does.Contain("still holds")),
            TaskCreationOptions.LongRunning);
        Assert.That(told.Wait(TimeSpan.FromSeconds(20)), Is.True);
        held.Push();
    }

    [Test]
    public void Length_beyond_the_buffer_is_an_error_and_leaves_nothing_held()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer();
        using PoolMemory pool = PoolMemory.TryOpen(new PoolPlace(Name, "/dev/shm"), writable: true)!;
        pool.Control.FrameHeaders[0].Describe(1025, flags: 0);
        pool.Control.Ring[1].Publish(1, 0);
        for (int i = 0; i < 2; i++)
        {
            BipsException error = Fails(BipsError.Corrupt, () => consumer.TryPull(out _));
            Assert.That(error.Message, Does.Contain("length 1025").And.Contain("sequence 1"));
        }

        Assert.That(producer.Consumers().Single().Held, Is.Zero);
    }

    [Test]
    public void Read_lock_of_somebody_who_may_only_read_does_not_pass_for_a_live_producer()
    {
        LeavesADeadPool = true;
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name}");
        ActorProcess consumer = StartActor();
        consumer.Do($"open name={Name}");
        producer.Kill();
        using var file = ObjectFile.TryOpen($"/dev/shm/bips.{Name}", writable: false)!;
        const short readLock = 0;
        LibC.FileLock range = new() { Type = readLock, Start = PoolMemory.ProducerLockOffset, Length = 1 };
        Assert.That(LibC.FileControl(file, LibC.F_OFD_SETLK, &range), Is.Zero);
        Assert.That(consumer.Do("pull timeout=10000"), Does.StartWith("ProducerLost"));
        Fails(BipsError.ProducerLost, () => Consumer.Open(Name));
    }

    /// <summary>Publishes as a producer does, so that there is something to be wrong.</summary>
    private static void WriteSanely(PoolMemory pool, Random random)
    {
        ulong next = pool.Control.State->Published + 1;
        const ulong sane = 1 << 20;
        if (next > sane)
        {
            next = 1;
            pool.Control.State->EpochStart = 1;
        }

        RingEntry* entry = pool.Control.Ring + (next % (ulong)pool.Geometry.RingCapacity);
        int index = random.Next(pool.Geometry.BufferCount);
        pool.Control.FrameHeaders[index].Describe(random.Next(pool.Geometry.BufferSize + 1), flags: 0);
        entry->Publish(next, index);
        pool.Control.State->Published = next;
        pool.Control.State->State = PoolState.Ready;
        for (int lane = 0; lane < pool.Geometry.LaneCount; lane++)
        {
            pool.Control.Directives[lane].Floor = 0;
        }
    }

    /// <summary>Writes a word of the state, the directives, the ring or the frame headers.</summary>
    private static void WriteAnything(PoolMemory pool, Random random)
    {
        byte* start = (byte*)pool.Control.State;
        long length = pool.Geometry.MetadataOffset - pool.Geometry.StateOffset;
        bool ring = random.Next(2) == 0;
        long first = ring ? pool.Geometry.RingOffset - pool.Geometry.StateOffset : 0;
        long offset = first + (random.NextInt64((length - first) / sizeof(ulong)) * sizeof(ulong));
        ulong near = *(ulong*)(start + offset);
        Ordering.StoreRelease(ref *(ulong*)(start + offset), random.NextHostile(near));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
