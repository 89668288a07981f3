using System.Globalization;
using System.Text.RegularExpressions;
using Bips.Tests.Support;

namespace Bips.Tests.Environments;

/// <summary>The 64 MB of <c>/dev/shm</c> that containers have by default, in a mount namespace of its own.</summary>
public sealed partial class SmallMountTests : PoolFixture
{
    private const long MountSize = 64L << 20;

    [Test]
    public void Pool_that_does_not_fit_is_an_error_with_size_free_space_and_mount_and_leaves_nothing()
    {
        ActorProcess actor = StartInSmallMount();
        string answer = actor.Do($"create name={Name} size=10000000 buffers=8");
        Match numbers = Numbers().Match(answer);
        Assert.That(numbers.Success, Is.True, answer);
        Assert.That(Parse(numbers, "asked"), Is.InRange(80_000_000, 81_000_000));
        Assert.That(Parse(numbers, "free"), Is.InRange(MountSize - 100_000, MountSize));
        Assert.That(answer, Does.Contain("--shm-size"));
        Assert.That(RunBeside(actor, "find", "/dev/shm", "-type", "f"), Is.Empty);
        string used = RunBeside(actor, "df", "-B1", "--output=used", "/dev/shm").Split('\n')[1];
        Assert.That(used.Trim(), Is.EqualTo("0"), "bytes used after it failed");
        Assert.That(actor.Do($"create name={Name} size=1000000 buffers=8"), Does.StartWith("ok new"));
    }

    [Test]
    public void Pool_that_fits_is_never_short_of_memory_however_full_the_mount_becomes()
    {
        ActorProcess actor = StartInSmallMount();
        Assert.That(actor.Do($"create name={Name} size=1000000 buffers=40"), Does.StartWith("ok new"));
        (int code, string _, string error) = Shell.TryRun("nsenter",
            [.. Beside(actor), "dd", "if=/dev/zero", "of=/dev/shm/full", "bs=64k"]);
        Assert.That(code, Is.EqualTo(1), error);
        Assert.That(error, Does.Contain("No space left"));
        Assert.That(actor.Do($"open name={Name} overflow=drop-oldest"), Does.StartWith("ok"));
        Assert.That(actor.Do("send count=200 length=1000000"), Is.EqualTo("ok 200"));
        Assert.That(actor.Do("pull"), Does.Contain("1000000 intact"));
    }

    private static string[] Beside(ActorProcess actor) =>
        ["--mount", string.Create(CultureInfo.InvariantCulture, $"--target={actor.Id}"), "--"];

    private static string RunBeside(ActorProcess actor, params string[] command) =>
        Shell.Run("nsenter", [.. Beside(actor), .. command]);

    private ActorProcess StartInSmallMount() => StartActor(
        "unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=64m tmpfs /dev/shm && exec \"$0\"");

    private static long Parse(Match match, string group) =>
        long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^error NoSpace The pool needs (?<asked>\d+) bytes in '/dev/shm' " +
        @"and (?<free>\d+) are free on the mount '/dev/shm'",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();
}
