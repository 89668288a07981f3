using System.Globalization;
using Bips.Benchmarks.Harness;
using Bips.Tests.Support;

namespace Bips.Tests.Benchmarks;

/// <summary>A run removes what killed benchmarks left in shared memory, and nothing else.</summary>
public sealed class TrialDirectoryTests
{
    /// <summary>Above the largest number that the kernel gives a process.</summary>
    private const int NoProcess = (1 << 22) + 1;

    private TemporaryDirectory _root = null!;

    [SetUp]
    public void MakeRoot() => _root = new TemporaryDirectory();

    [TearDown]
    public void RemoveRoot() => _root.Dispose();

    [Test]
    public void What_nobody_holds_is_removed_even_if_its_number_is_another_process_now()
    {
        string left = Leave(Environment.ProcessId);
        File.WriteAllText(Path.Combine(left, "lock"), "");
        Assert.That(TrialDirectory.RemoveAbandoned(_root.Path), Is.EqualTo(1));
        Assert.That(Directory.Exists(left), Is.False);
    }

    [Test]
    public void What_its_owner_holds_stays_even_if_the_owner_is_not_seen()
    {
        string held = Leave(NoProcess);
        using var owner = new FileStream(Path.Combine(held, "lock"), FileMode.CreateNew, FileAccess.ReadWrite,
            FileShare.None);
        Assert.That(TrialDirectory.RemoveAbandoned(_root.Path), Is.Zero);
        Assert.That(File.Exists(Path.Combine(held, "block")));
    }

    [Test]
    public void What_was_never_held_goes_if_its_process_is_gone_and_stays_if_not()
    {
        string ofTheDead = Leave(NoProcess);
        string ofTheLiving = Leave(Environment.ProcessId);
        Assert.That(TrialDirectory.RemoveAbandoned(_root.Path), Is.EqualTo(1));
        Assert.That(Directory.Exists(ofTheDead), Is.False);
        Assert.That(File.Exists(Path.Combine(ofTheLiving, "block")));
    }

    [Test]
    public void What_is_not_a_trial_stays()
    {
        string foreign = Path.Combine(_root.Path, "bips-test-1");
        Directory.CreateDirectory(foreign);
        Assert.That(TrialDirectory.RemoveAbandoned(_root.Path), Is.Zero);
        Assert.That(Directory.Exists(foreign));
    }

    [Test]
    public void A_trial_under_way_keeps_its_directory_and_takes_it_along_when_it_ends()
    {
        string path;
        using (var directory = TrialDirectory.Create(_root.Path))
        {
            path = directory.Path;
            Assert.That(TrialDirectory.RemoveAbandoned(_root.Path), Is.Zero);
            Assert.That(Directory.Exists(path));
        }

        Assert.That(Directory.Exists(path), Is.False);
    }

    private string Leave(int process)
    {
        string path =
            Path.Combine(_root.Path, string.Create(CultureInfo.InvariantCulture, $"bips-benchmarks-{process}-7"));
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "block"), "");
        return path;
    }
}
