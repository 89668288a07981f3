using System.Globalization;
using Bips.Layout;
using Bips.Tests.Support;

namespace Bips.Tests.Hostile;

/// <summary>
/// What a consumer may not write it cannot: the kernel stands before payload, header, ring and the others' lanes.
/// </summary>
public sealed class ReadOnlyTests : PoolFixture
{
    [Test]
    public void Consumer_maps_the_pool_for_reading_and_of_the_lanes_its_own_and_the_doorbells()
    {
        CreateProducer();
        OpenConsumer();
        ActorProcess consumer = StartActor();
        Assert.That(consumer.Do($"open name={Name}"), Does.StartWith("ok 1"));
        string[] mappings = [.. File.ReadLines($"/proc/{consumer.Id}/maps").Where(
            line => line.Contains($"bips.{Name}", StringComparison.Ordinal))];
        string[] pool = [.. mappings.Where(line => line.EndsWith(Name, StringComparison.Ordinal))];
        Assert.That(pool, Has.Length.EqualTo(1));
        Assert.That(pool[0], Does.Contain(" r--s 00000000 "));
        string[] lanes = [.. mappings.Except(pool, StringComparer.Ordinal).Select(Window)];
        int page = Environment.SystemPageSize;
        Assert.That(lanes, Is.EquivalentTo([$"rw-s 0 {page}", $"rw-s {2 * page} {page}"]), "doorbells and lane 1");
        string flags = File.ReadLines(DescriptorOf(consumer, $"/dev/shm/bips.{Name}"))
            .First(line => line.StartsWith("flags:", StringComparison.Ordinal));
        Assert.That(Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & 3, Is.Zero, "opened for reading only");
    }

    [Test]
    public void Write_into_payload_header_ring_or_directives_kills_the_writer_alone()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 1024, BufferCount = 8, MetadataSize = 8 });
        Consumer innocent = OpenConsumer();
        PoolGeometry geometry = new PoolOptions { BufferSize = 1024, BufferCount = 8, MetadataSize = 8 }.ToGeometry();
        (string Part, long Offset)[] targets =
        [
            ("header", 0), ("state", geometry.StateOffset), ("directives", geometry.DirectivesOffset),
            ("ring", geometry.RingOffset), ("metadata", geometry.MetadataOffset), ("payload", geometry.BuffersOffset),
        ];
        foreach ((string part, long offset) in targets)
        {
            string script = string.Create(CultureInfo.InvariantCulture,
                $"ulimit -c 0; printf 'open name={Name}\\ntrespass name={Name} at={offset} unprotect=1\\ntrespass " +
                $"name={Name} at={offset}\\n' | {ActorProcess.Program}");
            (int code, string output, string error) = Shell.TryRun("sh", "-c", script);
            string[] answers = output.Trim().Split('\n');
            Assert.That(answers, Has.Length.EqualTo(3), $"{part}: it survived: {output}");
            Assert.That(answers[1], Does.StartWith("ok 1"));
            Assert.That(answers[2], Does.Contain("Permission denied"), $"{part}: the right to write could be had");
            Assert.That(code, Is.EqualTo(134).Or.EqualTo(139), $"{part}: ended by SIGABRT or SIGSEGV: {error}");
            ulong sent = Send(producer);
            Assert.That(TakeSequence(innocent), Is.EqualTo(sent));
        }
    }

    private static string Window(string mapping)
    {
        string[] parts = mapping.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] addresses = parts[0].Split('-');
        long length = Convert.ToInt64(addresses[1], 16) - Convert.ToInt64(addresses[0], 16);
        return string.Create(CultureInfo.InvariantCulture, $"{parts[1]} {Convert.ToInt64(parts[2], 16)} {length}");
    }

    private static string DescriptorOf(ActorProcess process, string path)
    {
        string link = Directory.GetFiles($"/proc/{process.Id}/fd").First(
            link => string.Equals(new FileInfo(link).LinkTarget, path, StringComparison.Ordinal));
        return link.Replace("/fd/", "/fdinfo/", StringComparison.Ordinal);
    }
}
