using System.Globalization;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Report;
using Bips.Processes;
using Bips.Tests.Support;

namespace Bips.Tests.Benchmarks;

/// <summary>
/// The real program measures with real processes, far too short for its figures to be worth anything.
/// </summary>
public sealed class HarnessTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [TestCase("limits")]
    [TestCase("latency")]
    [TestCase("throughput")]
    public void Figures_are_numbers_that_can_be(string scenario)
    {
        RunReport report = Measure(scenario);
        Assert.That(report.Figures, Is.Not.Empty);
        Assert.That(report.Figures.Select(figure => figure.Name), Is.Unique, "a comparison finds a figure by its name");
        foreach (Figure figure in report.Figures)
        {
            foreach (Spread spread in new[] { figure.Bips, figure.Limit ?? figure.Bips, figure.Ratio ?? figure.Bips })
            {
                Assert.That(spread.Low, Is.GreaterThanOrEqualTo(0).And.LessThanOrEqualTo(spread.Median), figure.Name);
                Assert.That(spread.High, Is.GreaterThanOrEqualTo(spread.Median).And.LessThan(double.PositiveInfinity),
                    figure.Name);
            }

            Assert.That(figure.Bips.High, figure.Unit is "B" ? Is.Zero : Is.Positive, figure.Name);
            Assert.That(figure.IsMet.HasValue, Is.EqualTo(figure.Target.HasValue), figure.Name);
        }
    }

    [Test]
    public void A_run_leaves_nothing_behind()
    {
        using ChildProcess harness = StartRun();
        Assert.That(harness.WaitForExit(s_patience), Is.Zero, harness.Message("failed"));
        Assert.That(RolesOf(harness.Id), Is.Empty);
        Assert.That(Directory.GetDirectories("/dev/shm", NameOf(harness.Id) + "*"), Is.Empty);
    }

    [Test]
    public void Processes_of_a_trial_end_when_the_harness_is_killed_and_its_memory_goes_with_the_next_run()
    {
        using ChildProcess harness = StartRun();
        Assert.That(SpinWait.SpinUntil(() => RolesOf(harness.Id).Length > 0, s_patience), "no process was started");
        harness.Kill();
        harness.WaitForExit(s_patience);
        Assert.That(SpinWait.SpinUntil(() => RolesOf(harness.Id).Length == 0, s_patience), "a process goes on alone");
        Assert.That(Directory.GetDirectories("/dev/shm", NameOf(harness.Id) + "*"), Is.Not.Empty,
            "nothing was left to be removed");
        _ = Measure("throughput");
        Assert.That(Directory.GetDirectories("/dev/shm", NameOf(harness.Id) + "*"), Is.Empty);
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Bips.Benchmarks");

    private static RunReport Measure(string scenario)
    {
        var file = new FileInfo(Path.GetTempFileName());
        try
        {
            Shell.Run(Program, scenario, "--quick", "--repetitions", "2", "--milliseconds", "30", "--json",
                file.FullName);
            return RunReport.Load(file);
        }
        finally
        {
            file.Delete();
        }
    }

    private static ChildProcess StartRun() => ChildProcess.Start(Program,
        ["throughput", "--quick", "--repetitions", "1", "--milliseconds", "30"],
        new ChildOptions { MayBeKilled = true });

    private static string NameOf(int harness) =>
        string.Create(CultureInfo.InvariantCulture, $"bips-benchmarks-{harness}-");

    /// <returns>Numbers of the processes that take part in a trial of that harness.</returns>
    private static string[] RolesOf(int harness) =>
    [
        .. Directory.GetDirectories("/proc").Where(process => char.IsDigit(Path.GetFileName(process)[0]))
            .Where(process => CommandLineOf(process).Contains("/dev/shm/" + NameOf(harness), StringComparison.Ordinal)),
    ];

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
