using Bips.Cli.Demonstration;
using Bips.Cli.Reporting;

namespace Bips.Tests.Cli;

/// <summary>The demo's verdict is negative when anything is wrong.</summary>
public sealed class VerdictTests
{
    private static readonly DecodedVideo s_source = new("abc", 1000);
    private static readonly SendReport s_producer =
        new() { Event = ReportEvent.Result, Pool = "p", Frames = 10, Bytes = 1000 };
    private static readonly ReceiveReport s_lossless = new()
    {
        Event = ReportEvent.Result,
        Pool = "p",
        Overflow = "block",
        Frames = 10,
        Bytes = 1000,
        Sha256 = "abc",
    };
    private static readonly ReceiveReport s_lossy =
        s_lossless with { Overflow = "drop-oldest", Frames = 4, Lost = 6, Sha256 = "def" };
    private static readonly ProofReport s_pages = new("pages", Holds: true, "");

    [Test]
    public void What_is_right_is_proven() => Assert.That(Judge(s_producer, s_lossless, s_lossy, s_pages), Is.All.True);

    [Test]
    public void Another_hash_is_wrong() =>
        Assert.That(Judge(s_producer, s_lossless with { Sha256 = "abd" }, s_lossy, s_pages),
            Is.EqualTo([false, true, true, true]));

    [Test]
    public void No_hash_is_wrong() =>
        Assert.That(Judge(s_producer, s_lossless with { Sha256 = null }, s_lossy, s_pages),
            Is.EqualTo([false, true, true, true]));

    [Test]
    public void A_loss_that_nobody_counted_is_wrong() =>
        Assert.That(Judge(s_producer, s_lossless, s_lossy with { Lost = 5 }, s_pages),
            Is.EqualTo([true, true, false, true]));

    [Test]
    public void A_producer_that_sent_less_than_there_was_is_wrong() =>
        Assert.That(Judge(s_producer with { Bytes = 900 }, s_lossless, s_lossy, s_pages),
            Is.EqualTo([false, true, true, true]));

    [Test]
    public void Pages_that_were_never_seen_prove_nothing() =>
        Assert.That(Judge(s_producer, s_lossless, s_lossy, null), Is.EqualTo([true, true, true, false]));

    [TestCase("7f00-8000 r--p 00000000 00:17 42 /dev/shm/bips.a")]
    [TestCase("7f00-8000 r--s 00000000 00:17 43 /dev/shm/bips.a")]
    [TestCase("7f00-8000 r--s 00001000 00:17 42 /dev/shm/bips.a")]
    [TestCase("7f00-9000 r--s 00000000 00:17 42 /dev/shm/bips.a")]
    public void Other_memory_is_other_memory(string line)
    {
        var origin = PoolMapping.Parse("1000-1100 rw-s 00000000 00:17 42 /dev/shm/#42 (deleted)");
        Assert.That(PoolMapping.Parse("7f00-8000 r--s 00000000 00:17 42 /dev/shm/bips.a").IsSameMemoryAs(origin),
            Is.True);
        Assert.That(PoolMapping.Parse(line).IsSameMemoryAs(origin), Is.False);
    }

    [Test]
    public void The_page_table_of_this_process_tells_shared_pages_from_others()
    {
        Assume.That(Environment.IsPrivilegedProcess, Is.True, "page frame numbers are shown to root only");
        string name = $"test-cli-{Guid.NewGuid():N}";
        using var producer = Producer.Create(name,
            new PoolOptions { BufferSize = 100_000, BufferCount = 8, History = 0 });
        using var consumer = Consumer.Open(name);

        ProofReport proof = SharedPages.TryProve(name, Environment.ProcessId, [Environment.ProcessId])!;

        Assert.That(proof.Holds, Is.True);
        Assert.That(proof.Evidence, Does.Contain("page frame numbers"));
        Assert.That(SharedPages.TryProve(name + "x", Environment.ProcessId, [Environment.ProcessId]), Is.Null);
    }

    private static IEnumerable<bool> Judge(SendReport producer, ReceiveReport lossless, ReceiveReport lossy,
        ProofReport? pages) =>
        Verdict.Judge(s_source, producer, [lossless, lossy], pages).Select(static proof => proof.Holds);
}
