using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;
using Bips.Tests.Support;

namespace Bips.Tests.Hostile;

/// <summary>Any bytes under a pool's name: opening it is an error or works, and never faults or hangs.</summary>
public sealed class OpeningFuzzTests : PoolFixture
{
    private static readonly FieldInfo[] s_fields = typeof(
        PoolHeader).GetFields(BindingFlags.Public | BindingFlags.Instance);

    private string PoolFile => $"/dev/shm/bips.{Name}";

    [Test]
    public void Any_header_is_refused_by_an_error_or_describes_a_pool_that_fits_its_file()
    {
        Random random = Fuzz.NewRandom();
        PoolGeometry sane = new PoolOptions { BufferSize = 1000, MetadataSize = 16 }.ToGeometry();
        byte[] valid = HeaderOf(sane);
        byte[] page = new byte[valid.Length];
        int accepted = 0;
        int times = Soak.Times(200_000, 5_000_000);
        for (int i = 0; i < times; i++)
        {
            valid.CopyTo(page, 0);
            Mutate(page, random);
            long length = random.Next(8) == 0 ? random.NextInt64(sane.PoolLength * 2) : sane.PoolLength;
            if (TryRead(page, length) is { } geometry)
            {
                accepted++;
                Assert.That(geometry.PoolLength, Is.EqualTo(length));
                Assert.That(geometry.BuffersOffset + (
                    geometry.BufferCount * geometry.BufferStride), Is.LessThanOrEqualTo(length));
                Assert.That(geometry.BufferSize, Is.InRange(1, geometry.BufferStride));
            }
        }

        TestContext.Out.WriteLine($"{times} headers, {accepted} accepted");
        Assert.That(accepted, Is.InRange(1, times / 2), "some changes do not matter, most do");
    }

    [Test]
    public void Any_file_is_an_error_or_a_pool_for_consumers_and_producers()
    {
        Random random = Fuzz.NewRandom();
        LeavesADeadPool = true;
        (byte[] pool, byte[] lanes) = MakeDeadPool();
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        int times = Soak.Times(1500, 50_000);
        for (int i = 0; i < times; i++)
        {
            Write(PoolFile, Damaged(pool, random, headerToo: i % 3 != 0));
            Write(PoolFile + ".lanes", Damaged(lanes, random, headerToo: true));
            if (i % 2 == 0)
            {
                PointAtItsLanes();
            }

            Count(outcomes, OpenAsConsumer());
            Count(outcomes, OpenAsProducer());
        }

        TestContext.Out.WriteLine(string.Join(", ", outcomes.OrderByDescending(pair => pair.Value)));
        Assert.That(outcomes.Keys, Is.SupersetOf([
            "consumer opens", "consumer Corrupt", "consumer NotAPool", "consumer Incompatible", "consumer PoolNotFound",
            "producer new", "producer takes over", "producer NotAPool", "producer Incompatible",
        ]));
    }

    [Test]
    public void Pool_whose_memory_is_not_reserved_is_refused_before_it_is_touched()
    {
        LeavesADeadPool = true;
        PoolGeometry vast = new PoolOptions { BufferSize = int.MaxValue, BufferCount = 1024 }.ToGeometry();
        using (FileStream file = File.Create(PoolFile))
        {
            file.Write(HeaderOf(vast));
            file.SetLength(vast.PoolLength);
        }

        BipsException error = Fails(BipsError.Corrupt, () => Consumer.Open(Name));
        Assert.That(error.Message, Does.Contain($"of its {vast.PoolLength} bytes are reserved"));
        Assert.That(CreateProducer().IsTakeOver, Is.False);
    }

    private static byte[] HeaderOf(PoolGeometry geometry)
    {
        byte[] page = new byte[PoolHeader.FormatOffset + PoolHeader.MaximumFormatLength];
        var header = default(PoolHeader);
        geometry.WriteTo(ref header, page.AsSpan(PoolHeader.FormatOffset), poolId: 1, lanesInode: 1);
        MemoryMarshal.Write(page, in header);
        return page;
    }

    private static PoolGeometry? TryRead(byte[] page, long length)
    {
        try
        {
            return PoolGeometry.Read(
                MemoryMarshal.Read<PoolHeader>(
                    page), page.AsSpan(PoolHeader.FormatOffset), length, "/dev/shm/bips.fuzzed");
        }
        catch (BipsException e) when (e.Error is BipsError.NotAPool or BipsError.Incompatible or BipsError.Corrupt)
        {
            return null;
        }
    }

    /// <summary>Bit flips, hostile fields, or noise; always at least one change of the header page.</summary>
    private static void Mutate(Span<byte> page, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                random.NextBytes(page[(random.Next(2) * sizeof(ulong))..]);
                break;
            case < 4:
                for (int flips = random.Next(1, 4); flips > 0; flips--)
                {
                    page[random.Next(PoolHeader.FormatOffset + 32)] ^= (byte)(1 << random.Next(8));
                }

                break;
            default:
                for (int words = random.Next(1, 4); words > 0; words--)
                {
                    FieldInfo field = s_fields[random.Next(s_fields.Length)];
                    Span<byte> word = page[(int)Marshal.OffsetOf<PoolHeader>(field.Name)..];
                    ulong near = MemoryMarshal.Read<ulong>(word);
                    MemoryMarshal.Write(
                        word, field.FieldType == typeof(uint)
                            ? (near & ~0xFFFF_FFFFul) | (uint)random.NextHostile((uint)near)
                            : random.NextHostile(near));
                }

                break;
        }
    }

    private (byte[] Pool, byte[] Lanes) MakeDeadPool()
    {
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=4 size=64 consumers=2");
        producer.Do("send count=9");
        producer.Kill();
        return (File.ReadAllBytes(PoolFile), File.ReadAllBytes(PoolFile + ".lanes"));
    }

    /// <summary>A copy with anything from one flipped bit to noise, and now and then shorter or longer.</summary>
    private static byte[] Damaged(byte[] sane, Random random, bool headerToo)
    {
        byte[] bytes = [.. sane];
        if (headerToo)
        {
            Mutate(bytes, random);
        }

        int page = Environment.SystemPageSize;
        for (int words = random.Next(40); words > 0 && bytes.Length > page; words--)
        {
            int offset = page + (random.Next((bytes.Length - page) / sizeof(ulong)) * sizeof(ulong));
            Span<byte> word = bytes.AsSpan(offset);
            MemoryMarshal.Write(word, random.NextHostile(MemoryMarshal.Read<ulong>(word)));
        }

        if (random.Next(6) == 0)
        {
            Array.Resize(ref bytes, random.Next(bytes.Length * 2));
        }

        return bytes;
    }

    private static void Write(string path, byte[] bytes)
    {
        using FileStream file = File.Create(path);
        file.Write(bytes);
    }

    /// <summary>Without this a pool that was copied is never further read than its identity.</summary>
    private void PointAtItsLanes()
    {
        using var lanes = ObjectFile.TryOpen(PoolFile + ".lanes", writable: true)!;
        using var pool = File.OpenHandle(PoolFile, FileMode.Open, FileAccess.Write);
        RandomAccess.Write(pool, BitConverter.GetBytes(ObjectFile.Inode(lanes, PoolFile)),
            Marshal.OffsetOf<PoolHeader>(nameof(PoolHeader.LanesInode)));
        RandomAccess.Write(pool, BitConverter.GetBytes((uint)PoolState.Ready),
            Environment.SystemPageSize + SharedWord.OffsetOf<ProducerState>(nameof(ProducerState.State)));
    }

    private string OpenAsConsumer()
    {
        using var file = ObjectFile.TryOpen(PoolFile, writable: true)!;
        LivenessLock.TryAcquire(file, PoolMemory.ProducerLockOffset);
        try
        {
            using Consumer consumer = Consumer.Open(Name);
            while (consumer.Pull(out ReadLease lease, TimeSpan.Zero) == PullStatus.Success)
            {
                Assert.That(lease.Span.Length, Is.InRange(0, consumer.Pool.BufferSize));
                lease.Push();
            }

            return "consumer opens";
        }
        catch (BipsException e)
        {
            return string.Create(CultureInfo.InvariantCulture, $"consumer {e.Error}");
        }
    }

    private string OpenAsProducer()
    {
        try
        {
            using Producer producer = Producer.Create(Name, new PoolOptions
            {
                BufferSize = 64,
                BufferCount = 4,
                MaximumConsumers = 2,
                Format = "application/x-test",
            });
            for (int i = 0; i < 9 && producer.TryPull(out WriteLease lease); i++)
            {
                lease.Span.Clear();
                lease.Push(lease.Span.Length);
            }

            return producer.IsTakeOver ? "producer takes over" : "producer new";
        }
        catch (BipsException e)
        {
            return string.Create(CultureInfo.InvariantCulture, $"producer {e.Error}");
        }
    }

    private static void Count(Dictionary<string, int> outcomes, string outcome) =>
        CollectionsMarshal.GetValueRefOrAddDefault(outcomes, outcome, out _)++;
}
