using System.Globalization;
using System.Runtime.CompilerServices;
using Bips.Layout;
using Bips.Memory;
using Bips.Tests.Support;

namespace Bips.Tests.Pool;

/// <summary>
/// Producer and consumer in one process, which then use one mapping of what both touch with every frame.
/// </summary>
public sealed unsafe class OneProcessTests : PoolFixture
{
    private static readonly PoolOptions s_options = new() { BufferSize = 64, BufferCount = 4 };

    [Test]
    public void Consumer_uses_the_producers_mapping_for_everything_but_the_buffers()
    {
        Producer producer = CreateProducer(s_options);
        Consumer consumer = OpenConsumer();
        Assert.That((nint)consumer.Pulls.Word.Address, Is.EqualTo(SignalOf(producer)));
        producer.Pull(out WriteLease written);
        ref byte inProducer = ref written.Span[0];
        written.Push(1);
        consumer.Pull(out ReadLease read);
        Assert.That(Unsafe.AreSame(in inProducer, in read.Span[0]), Is.False, "a consumer's buffers are mapped " +
            "read-only");
        read.Push();
    }

    [Test]
    public void Consumer_outlives_the_producer_and_then_nothing_stays_mapped()
    {
        Producer producer = CreateProducer(s_options);
        ulong inode = InodeOf(producer);
        Consumer consumer = OpenConsumer();
        Send(producer, 64, count: 3);
        producer.Dispose();
        for (ulong sequence = 1; sequence <= 3; sequence++)
        {
            Assert.That(TakeSequence(consumer), Is.EqualTo(sequence));
        }

        Assert.That(consumer.Pull(out _), Is.EqualTo(PullStatus.EndOfStream));
        Assert.That(MappingsOf(inode), Is.EqualTo(2), "the producer's, which the consumer shares, and its own");
        consumer.Dispose();
        Assert.That(MappingsOf(inode), Is.Zero);
    }

    [Test]
    public void Forgotten_consumer_gives_up_its_share()
    {
        Producer producer = CreateProducer(s_options);
        ulong inode = InodeOf(producer);
        OpenAndForget();
        producer.Dispose();
        Assert.That(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return MappingsOf(inode);
        }, Is.Zero.After(5).Seconds.PollEvery(20));
    }

    [Test]
    public void Next_pool_of_the_same_name_has_a_mapping_of_its_own()
    {
        Producer first = CreateProducer(s_options);
        Consumer ofFirst = OpenConsumer();
        first.Dispose();
        Producer second = CreateProducer(s_options);
        Consumer ofSecond = OpenConsumer();
        Send(second);
        Assert.That(TakeSequence(ofSecond), Is.EqualTo(1));
        Assert.That(ofFirst.Pull(out _), Is.EqualTo(PullStatus.EndOfStream));
        Assert.That((nint)ofSecond.Pulls.Word.Address, Is.EqualTo(SignalOf(second)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OpenAndForget() => Consumer.Open(Name).TryPull(out _);

    private static ulong InodeOf(Producer producer) => ObjectFile.Inode(producer.Memory.File, producer.Pool.Name);

    private static nint SignalOf(Producer producer) =>
        (nint)producer.Memory.Control.State + (nint)SharedWord.OffsetOf<ProducerState>("Signal");

    /// <summary>Number of mappings of the file with that inode number in this process.</summary>
    private static int MappingsOf(ulong inode)
    {
        string number = inode.ToString(CultureInfo.InvariantCulture);
        return File.ReadLines("/proc/self/maps").Count(line => line.Contains("/dev/shm/", StringComparison.Ordinal) &&
            string.Equals(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], number, StringComparison.Ordinal));
    }
}
