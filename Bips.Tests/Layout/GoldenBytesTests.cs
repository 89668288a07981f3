using System.Buffers.Binary;
using System.Text;
using Bips.Tests.Support;

namespace Bips.Tests.Layout;

/// <summary>What a pool looks like byte for byte, read from its files as another program would.</summary>
public sealed class GoldenBytesTests : PoolFixture
{
    [Test]
    public void Fresh_pool_with_one_frame_has_exactly_these_bytes()
    {
        Producer producer = CreateProducer(new PoolOptions
        {
            BufferSize = 5000,
            BufferCount = 5,
            History = 2,
            WriteLeases = 1,
            MetadataSize = 70,
            MaximumConsumers = 3,
            Format = "video/x-raw",
        });
        Consumer consumer = OpenConsumer(new ConsumerOptions { Overflow = OverflowPolicy.Latest(2) });
        producer.Pull(out WriteLease lease);
        lease.Span[0] = 0xAB;
        lease.Metadata[0] = 0xCD;
        int index = lease.BufferIndex;
        lease.Push(4999, flags: 7, timestamp: 0x1122334455667788);
        Assert.That(consumer.Pull(out ReadLease frame), Is.EqualTo(PullStatus.Success));

        byte[] pool = File.ReadAllBytes($"/dev/shm/bips.{Name}");
        byte[] lanes = File.ReadAllBytes($"/dev/shm/bips.{Name}.lanes");
        int page = Environment.SystemPageSize;
        Assert.That(Encoding.ASCII.GetString(pool, 0, 8), Is.EqualTo("BIPSPOOL"));
        uint[] words = [3, 0x01020304];
        Assert.That(Words(pool, 0x08, 2), Is.EqualTo(words));
        uint[] geometry = [5, 2, 3, 1, 70, 8, (uint)page, 11];
        Assert.That(Words(pool, 0x20, 8), Is.EqualTo(geometry));
        long ring = (2 * page) + (3 * 64);
        long headers = ring + (8 * 16);
        long metadata = headers + 64;
        long buffers = 3 * page;
        long[] sizes =
        [
            5000, 2 * page, 2 * page, ring, headers, metadata, buffers, buffers + (
                5 * 2 * page), page, page + (3 * page),
        ];
        Assert.That(Longs(pool, 0x40, 10), Is.EqualTo(sizes));
        Assert.That(Words(pool, 0x98, 2), Is.EqualTo(new uint[] { 64, 0 }));
        Assert.That(Encoding.ASCII.GetString(pool, 0x100, 12), Is.EqualTo("video/x-raw\0"));
        Assert.That(pool, Has.Length.EqualTo(sizes[7]));
        Assert.That(lanes, Has.Length.EqualTo(sizes[9]));

        Assert.That(Longs(pool, page, 1), Is.EqualTo(new long[] { 1 }), "published");
        Assert.That(Words(pool, page + 0x84, 2), Is.EqualTo(new uint[] { 1, 1 }), "state ready, epoch 1");
        Assert.That(
            Longs(pool, (int)ring + 16, 2), Is.EqualTo(new long[] { (1L << 12) | (uint)index, 0x1122334455667788 }));
        Assert.That(Words(pool, (int)headers + (8 * index), 2), Is.EqualTo(new uint[] { 4999, 7 }));
        Assert.That(pool[metadata + (index * 128)], Is.EqualTo(0xCD));
        Assert.That(pool[buffers + (index * 2 * page)], Is.EqualTo(0xAB));

        uint[] lane = [1, 2, 2, 1, (uint)Environment.ProcessId];
        Assert.That(Words(lanes, page, 5), Is.EqualTo(lane), "active, latest, depth 2, quota 1, process");
        Assert.That(Longs(lanes, page + 0x40, 3), Is.EqualTo(new long[] { 2, 1, 0 }), "cursor, taken, lost");
        byte[] held = [0, 0, 0, 0, 0];
        held[index] = 1;
        Assert.That(lanes.AsSpan(page + 0x60, 5).ToArray(), Is.EqualTo(held));
        frame.Push();
        Assert.That(File.ReadAllBytes($"/dev/shm/bips.{Name}.lanes").AsSpan(page + 0x60, 5).ToArray(), Is.All.Zero);
    }

    private static uint[] Words(byte[] file, int offset, int count) =>
        [.. Enumerable.Range(
            0, count).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(offset + (i * 4))))];

    private static long[] Longs(byte[] file, int offset, int count) =>
        [.. Enumerable.Range(
            0, count).Select(i => BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(offset + (i * 8))))];
}
