using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Tests.Actor;
using Bips.Tests.Support;

namespace Bips.Tests.Typed;

/// <summary>
/// Frames that are values of a struct, written and read by reference, and only by programs that mean the same struct.
/// </summary>
public sealed class TypedFrameTests : PoolFixture
{
    /// <summary>What <see cref="Reading"/> is to a program of another build.</summary>
    private record struct OlderReading(long Time, float X, double Y, byte Quality);

    [Test]
    public void Values_written_by_reference_are_read_by_reference_in_another_process()
    {
        using Producer<Reading> producer = Producer.Create<Reading>(Name, PoolOptions.ForFrames<Reading>(capacity: 3));
        Assert.That(producer.Capacity, Is.EqualTo(3));
        producer.Pull(out WriteLease<Reading> lease);
        lease.Value = new Reading(1, 2, 3, 4);
        lease.Values[1] = new Reading(10, 20, 30, 40);
        Assert.That(lease.Push(2), Is.EqualTo(1));
        Assert.That(StartActor().Do($"add-readings name={Name}"), Is.EqualTo("ok 2 Reading { Time = 11, X = 22, Y = " +
            "33, Quality = 40 }"));
    }

    [Test]
    public void Reference_of_the_consumer_leads_to_the_memory_of_the_producers()
    {
        using Producer<Reading> producer = Producer.Create<Reading>(Name);
        using Consumer<Reading> consumer = Consumer.Open<Reading>(Name);
        producer.Pull(out WriteLease<Reading> written);
        ulong page = PhysicalMemory.FrameOf(MemoryMarshal.AsBytes(written.Values));
        written.Value.Time = 7;
        written.Push(flags: 5, timestamp: 6);
        Assert.That(consumer.Pull(out ReadLease<Reading> read, TimeSpan.Zero), Is.EqualTo(PullStatus.Success));
        Assert.That(PhysicalMemory.FrameOf(MemoryMarshal.AsBytes(read.Values)), Is.EqualTo(page));
        Assert.That(
            (read.Value.Time, read.Count, read.Flags, read.Timestamp, read.Sequence), Is.EqualTo((7, 1, 5, 6, 1)));
        StoredReadLease<Reading> stored = read.Store();
        Assert.That(stored.Value.Time, Is.EqualTo(7));
        stored.Push();
        Fails(BipsError.LeaseEnded, () => _ = stored.Value);
    }

    [Test]
    public void Consumer_of_another_layout_is_refused_with_both_layouts_and_what_differs()
    {
        using Producer<Reading> producer = Producer.Create<Reading>(Name);
        string told = Fails(BipsError.Incompatible, () => Consumer.Open<OlderReading>(Name)).Message;
        Assert.That(told, Does.Contain("Bips.Tests.Actor.Reading (24 bytes: " +
            "Time:i64@0,X:f32@8,Y:f32@12,Quality:u8@16)"));
        Assert.That(told, Does.Contain("OlderReading (32 bytes: Time:i64@0,X:f32@8,Y:f64@16,Quality:u8@24)"));
        Assert.That(told, Does.Contain("size 24 in the pool, 32 in the program; pool only: Y:f32@12; pool only: " +
            "Quality:u8@16; program only: Y:f64@16; program only: Quality:u8@24"));
        Assert.That(producer.Untyped.Consumers(), Is.Empty, "the refused consumer keeps its lane");
    }

    [Test]
    public void Consumer_of_a_struct_is_refused_by_a_pool_of_bytes()
    {
        CreateProducer();
        Assert.That(Fails(BipsError.Incompatible, () => Consumer.Open<Reading>(Name)).Message,
            Does.Contain("'application/octet-stream'").And.Contain("Time:i64@0"));
    }

    [Test]
    public void Consumer_of_bytes_reads_what_the_layout_says()
    {
        using Producer<Reading> producer = Producer.Create<Reading>(Name);
        Consumer consumer = OpenConsumer();
        Assert.That(consumer.Pool.Format, Is.EqualTo("application/x-bips-struct;size=24;" +
            "layout=\"Time:i64@0,X:f32@8,Y:f32@12,Quality:u8@16\";type=\"Bips.Tests.Actor.Reading\""));
        producer.Pull(out WriteLease<Reading> lease);
        lease.Value = new Reading(1, 2, 3.5f, 4);
        lease.Push();
        consumer.Pull(out ReadLease frame);
        Assert.That(MemoryMarshal.Read<float>(frame.Span[12..]), Is.EqualTo(3.5f));
        frame.Push();
    }

    [Test]
    public void Restarted_producer_takes_the_pool_over_only_with_the_same_layout()
    {
        using (Producer<Reading> first = Producer.Create<Reading>(Name))
        {
            Fails(BipsError.ProducerActive, () => Producer.Create<Reading>(Name));
        }

        ActorProcess victim = StartActor();
        victim.Do($"create name={Name} size=24 format={PoolOptions.ForFrames<Reading>().Format}");
        victim.Kill();
        using (Producer<Reading> successor = Producer.Create<Reading>(Name))
        {
            Assert.That(successor.Untyped.IsTakeOver, Is.True);
        }

        victim = StartActor();
        victim.Do($"create name={Name} size=32 format={PoolOptions.ForFrames<Reading>().Format}");
        victim.Kill();
        using Producer<OlderReading> other = Producer.Create<OlderReading>(Name);
        Assert.That(other.Untyped.IsTakeOver, Is.False);
    }

    [Test]
    public void Frame_that_is_no_whole_number_of_values_is_given_back_and_told()
    {
        Producer producer = CreateProducer(PoolOptions.ForFrames<Reading>());
        using Consumer<Reading> consumer = Consumer.Open<Reading>(Name);
        Send(producer, length: 23);
        Assert.That(
            Fails(BipsError.Corrupt, () => consumer.Pull(out ReadLease<Reading> _)).Message, Does.Contain("23 bytes"));
        Send(producer, length: 24);
        Assert.That(consumer.TryPull(out ReadLease<Reading> next), Is.True);
        next.Push();
    }

    [Test]
    public void Frame_without_a_value_has_none_to_refer_to()
    {
        using Producer<Reading> producer = Producer.Create<Reading>(Name);
        using Consumer<Reading> consumer = Consumer.Open<Reading>(Name);
        Assert.That(producer.TryPull(out WriteLease<Reading> lease), Is.True);
        lease.Push(0);
        consumer.Pull(out ReadLease<Reading> frame);
        Assert.That(frame.Count, Is.Zero);
        StoredReadLease<Reading> stored = frame.Store();
        Assert.That(() => stored.Value, Throws.InvalidOperationException.With.Message.Contains("Count"));
        frame.Dispose();
    }

    [Test]
    public void Number_of_values_that_does_not_fit_is_refused_and_the_lease_stays_open()
    {
        using Producer<Reading> producer = Producer.Create<Reading>(Name, PoolOptions.ForFrames<Reading>(capacity: 2));
        producer.Pull(out WriteLease<Reading> lease);
        foreach (int count in new[] { -1, 3 })
        {
            try
            {
                lease.Push(count);
                Assert.Fail($"{count} values were accepted");
            }
            catch (ArgumentOutOfRangeException e)
            {
                Assert.That(e.Message, Does.Contain("0 to 2"));
            }
        }

        Assert.That(lease.Push(2), Is.EqualTo(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoolOptions.ForFrames<Reading>(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoolOptions.ForFrames<Reading>(int.MaxValue));
        Assert.Throws<ArgumentException>(
            () => Producer.Create<Reading>(Name, new PoolOptions { BufferSize = Unsafe.SizeOf<Reading>() - 1 }));
    }

    [Test]
    public void Exchange_of_typed_frames_allocates_nothing()
    {
        using Producer<Reading> producer = Producer.Create<Reading>(Name);
        using Consumer<Reading> consumer = Consumer.Open<Reading>(Name);
        Exchange(producer, consumer, frames: 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(producer, consumer, frames: 1000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static void Exchange(Producer<Reading> producer, Consumer<Reading> consumer, int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            producer.Pull(out WriteLease<Reading> lease);
            lease.Value.Time = i;
            lease.Push();
            consumer.Pull(out ReadLease<Reading> frame);
            frame.Push();
        }
    }
}
