using Bips.Benchmarks.Alternatives;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Report;
using Bips.Tests.Support;

namespace Bips.Tests.Benchmarks;

/// <summary>
/// The comparison with what a user would pick instead, far too short for its figures to be worth anything.
/// </summary>
public sealed class AlternativesTests
{
    private const string RouDiLock = "/tmp/iox-unique-roudi.lock";

    [Test]
    public void Each_alternative_has_figures_or_says_what_to_install_and_leaves_nothing_behind()
    {
        Figure[] figures = Measure();
        foreach (Alternative alternative in Alternative.All)
        {
            Figure[] beside = [.. figures.Where(figure =>
                figure.Name.EndsWith($"beside {alternative.Title}", StringComparison.Ordinal))];
            Figure[] without = [.. figures.Where(figure =>
                figure.Name.EndsWith($"without {alternative.Title}", StringComparison.Ordinal))];
            if (alternative.Obstacle is null)
            {
                Assert.That(without.Select(figure => figure.LimitName), Is.Empty);
                Assert.That(beside.Select(figure => figure.LimitName),
                    Is.Not.Empty.And.All.EndsWith(alternative.Copies));
                Assert.That(beside.Select(figure => figure.Limit!.Value.Low), Is.All.Positive, alternative.Title);
            }
            else
            {
                Assert.That(without.Select(figure => figure.LimitName),
                    Is.Not.Empty.And.All.Contains("apt-get install"));
            }
        }

        Assert.That(File.Exists("/dev/shm/iceoryx_mgmt"), Is.False);
        Assert.That(Directory.GetFiles("/tmp", "bips-benchmarks-*"), Is.Empty);
    }

    [Test]
    public void Why_RouDi_does_not_run_is_told_in_its_own_words()
    {
        if (RouDi.Obstacle() is { } obstacle)
        {
            Assert.Ignore(obstacle);
        }

        using var another = new FileStream(RouDiLock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Assert.That(() => RouDi.Start([(136, 8)]),
            Throws.InvalidOperationException
                .With.Message.Contains("is RouDi still running?").And.Message.Not.Contains("\e"));
    }

    private static Figure[] Measure()
    {
        var file = new FileInfo(Path.GetTempFileName());
        try
        {
            Shell.Run(Path.Combine(AppContext.BaseDirectory, "Bips.Benchmarks"),
                "alternatives", "--quick", "--repetitions", "1", "--milliseconds", "20", "--json", file.FullName);
            return [.. RunReport.Load(file).Figures];
        }
        finally
        {
            file.Delete();
        }
    }
}
