using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Report;
using Bips.Tests.Support;

namespace Bips.Tests.Benchmarks;

/// <summary>The real program, given stored results.</summary>
public sealed class ResultCommandTests
{
    private DirectoryInfo _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("bips-test-");

    [TearDown]
    public void RemoveDirectory() => _directory.Delete(recursive: true);

    [Test]
    public void A_run_stores_how_each_figure_was_measured_and_the_whole_distribution_of_each_latency()
    {
        Assert.That(Run("wake", "--quick", "--repetitions", "1", "--json", Locate("run.json")).Code, Is.Zero);
        RunReport report = RunReport.Load(new FileInfo(Locate("run.json")));
        Assert.That(report.Figures.Select(figure => figure.Definition.Count), Is.All.GreaterThan(4));
        Assert.That(report.Figures.Select(figure => figure.Definition["rate"]), Is.All.EqualTo("1000"));
        Figure[] medians = [.. report.Figures.Where(figure => figure.Name.EndsWith(", p50", StringComparison.Ordinal))];
        Assert.That(medians, Has.Length.GreaterThan(1));
        Assert.That(report.Figures.Except(medians).Select(figure => figure.Distribution), Is.All.Null);
        foreach (Distribution curve in medians.Select(figure => figure.Distribution!))
        {
            Assert.That(curve.Percentiles, Is.Ordered.And.Contains(99));
            Assert.That(curve.Bips, Is.Ordered.And.Count.EqualTo(curve.Percentiles.Count));
            Assert.That(curve.Limit, Is.Ordered.And.Count.EqualTo(curve.Percentiles.Count));
        }
    }

    [Test]
    public void A_report_is_made_again_from_what_was_stored()
    {
        string results = Store("board", SampleRun.Whole());
        Assert.That(Run("report", results, "--report", Locate("out"), "--plots", Locate("out")).Code, Is.Zero);
        Assert.That(Directory.GetFiles(Locate("out")).Select(Path.GetFileName),
            Is.EquivalentTo(["board.html", "results.json", "results.md"]));
        string machine = Locate("out/results.json");
        Assert.That(Run("report", machine, "--report", Locate("again")).Code, Is.Zero);
        Assert.That(File.ReadAllText(Locate("again/results.json")), Is.EqualTo(File.ReadAllText(machine)));
    }

    [TestCase(1.5, 0)]
    [TestCase(1.0, 0)]
    [TestCase(2.5, 3)]
    public void The_exit_code_of_a_comparison_tells_a_regression(double ratio, int code)
    {
        string before = Store("before", SampleRun.Of([SampleRun.Latency(1.5)]));
        string now = Store("now", SampleRun.Of([SampleRun.Latency(ratio)]));
        (int found, string output, string error) = Run("compare", before, now, "--plots", Locate("out"));
        Assert.That(found, Is.EqualTo(code), error);
        Assert.That(output, Does.Contain(code == 0 ? "0 worse" : "1 worse"));
        Assert.That(File.ReadAllText(Locate("out/now.html")), Does.Contain("Comparison</h2>"));
    }

    [TestCase(1.5, 0)]
    [TestCase(2.5, 3)]
    public void A_run_is_compared_with_the_same_scenarios_of_a_machine(double ratio, int code)
    {
        RunReport known = SampleRun.Whole();
        Assert.That(Run("report", Store("machine", known), "--report", Locate("out")).Code, Is.Zero);
        string now = Store("now", SampleRun.Of([SampleRun.Latency(ratio)], repetitions: 9));
        (int found, string output, string error) = Run("compare", Locate("out/results.json"), now);
        Assert.That(found, Is.EqualTo(code), error);
        Assert.That(output, Does.Contain("repetitions: 5 then, 9 now").And.Not.Contain("consumers, Block"));
    }

    [Test]
    public void A_directory_whose_results_cannot_be_kept_is_refused_before_anything_is_measured()
    {
        File.WriteAllText(Locate("results.json"), "{}");
        (int code, string output, string error) = Run("latency", "--quick", "--report", _directory.FullName);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("results.json").And.Not.Contain("repetition 1 of"));
        Assert.That(output, Does.Not.Contain("## latency"));
    }

    [Test]
    public void The_tolerance_can_be_chosen()
    {
        string before = Store("before", SampleRun.Of([SampleRun.Latency(1.5)]));
        string now = Store("now", SampleRun.Of([SampleRun.Latency(1.8)]));
        Assert.That(Run("compare", before, now).Code, Is.EqualTo(3));
        Assert.That(Run("compare", before, now, "--tolerance", "0.3").Code, Is.Zero);
        Assert.That(Run("compare", before, now, "--tolerance", "3").Code, Is.EqualTo(1));
    }

    [Test]
    public void A_comparison_that_compares_nothing_is_no_success()
    {
        string before = Store("before", SampleRun.Of([SampleRun.Latency(1.5)]));
        string now = Store("now", SampleRun.Of([SampleRun.Latency(1.5) with { Name = "another" }]));
        (int code, _, string error) = Run("compare", before, now);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("Not one figure could be compared"));
    }

    [TestCase("--compare")]
    [TestCase("--facts")]
    public void A_run_that_could_not_be_compared_or_recorded_does_not_begin(string option)
    {
        (int code, string output, string error) = Run("wake", "--quick", "--repetitions", "1", option, "/nowhere/a");
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("/nowhere/a"));
        Assert.That(output, Does.Not.Contain("## wake"));
    }

    [Test]
    public void A_file_that_is_not_there_is_named()
    {
        (int code, _, string error) = Run("compare", "/nowhere/a.json", "/nowhere/b.json");
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("/nowhere/b.json").And.Not.Contain("   at "), "one line, not a stack");
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments) =>
        Shell.TryRun(Path.Combine(AppContext.BaseDirectory, "Bips.Benchmarks"), arguments);

    private string Store(string name, RunReport report)
    {
        var file = new FileInfo(Locate($"{name}.json"));
        report.Save(file);
        return file.FullName;
    }

    private string Locate(string name) => Path.Combine(_directory.FullName, name);
}
