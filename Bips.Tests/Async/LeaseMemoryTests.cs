using System.Buffers;
using Bips.Tests.Actor;
using Bips.Tests.Support;

namespace Bips.Tests.Async;

/// <summary>What a stored lease gives is shared memory while the lease is open, and an exception afterwards.</summary>
public sealed unsafe class LeaseMemoryTests : PoolFixture
{
    [Test]
    public void Memory_is_the_shared_buffer_itself()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 3 });
        Consumer consumer = OpenConsumer();
        producer.Pull(out WriteLease pulled);
        StoredWriteLease writing = pulled.Store();
        Assert.That(writing.Memory.Length, Is.EqualTo(64));
        fixed (byte* span = pulled.Span, memory = writing.Memory.Span)
        {
            Assert.That((nint)memory, Is.EqualTo((nint)span));
        }

        FramePattern.Fill(writing.Memory.Span[..40], 1);
        writing.Push(40);
        StoredReadLease reading = Take(consumer);
        Assert.That(reading.Memory.Length, Is.EqualTo(40));
        fixed (byte* span = reading.Span, memory = reading.Memory.Span)
        {
            Assert.That((nint)memory, Is.EqualTo((nint)span));
        }

        reading.Push();
    }

    [Test]
    public void Memory_whose_lease_has_ended_is_refused()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer();
        producer.Pull(out WriteLease pulled);
        StoredWriteLease writing = pulled.Store();
        Memory<byte> written = writing.Memory;
        writing.Push(10);
        Fails(BipsError.LeaseEnded, () => _ = written.Span.Length);
        Fails(BipsError.LeaseEnded, () => _ = written.Pin());
        Fails(BipsError.LeaseEnded, () => _ = writing.Memory);
        Fails(BipsError.LeaseEnded, () => writing.Push(1));
        consumer.Pull(out ReadLease taken);
        StoredReadLease reading = taken.Store();
        ReadOnlyMemory<byte> read = reading.Memory;
        reading.Push();
        Fails(BipsError.LeaseEnded, () => _ = read.Span.Length);
        Fails(BipsError.LeaseEnded, () => _ = reading.Memory);
        Fails(BipsError.LeaseEnded, () => _ = default(StoredReadLease).Memory);
        Fails(BipsError.LeaseEnded, () => _ = default(StoredWriteLease).Memory);
    }

    [Test]
    public void Pinned_memory_stays_mapped_after_its_consumer_is_gone()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer();
        Send(producer, length: 64);
        StoredReadLease lease = Take(consumer);
        using MemoryHandle pin = lease.Memory.Pin();
        lease.Push();
        consumer.Dispose();
        Assert.That(FramePattern.Matches(new ReadOnlySpan<byte>(pin.Pointer, 64), 1), Is.True);
    }

    [Test]
    public void Leases_end_in_any_order_and_are_told_apart()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64, BufferCount = 6, WriteLeases = 2 });
        Consumer consumer = OpenConsumer(new ConsumerOptions { MaximumHeld = 3 });
        producer.Pull(out WriteLease first);
        producer.Pull(out WriteLease second);
        StoredWriteLease one = first.Store();
        StoredWriteLease other = second.Store();
        Assert.That(one, Is.Not.EqualTo(other));
        Assert.That(one == first.Store(), Is.True);
        Assert.That(other.Push(0), Is.EqualTo(1));
        one.Dispose();
        Send(producer, 64, count: 2);
        StoredReadLease[] held = [.. Enumerable.Range(0, 3).Select(_ => consumer.TryPull(out ReadLease lease)
            ? lease.Store()
            : default)];
        held[1].Push();
        held[0].Push();
        Assert.That(FramePattern.Matches(held[2].Memory.Span, 3), Is.True);
        held[2].Push();
    }
}
