using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Report;
using Bips.Benchmarks.Report.Plots;
using Bips.Benchmarks.Report.Regression;

namespace Bips.Tests.Benchmarks;

/// <summary>A report says all that the run found out, and can be read where it lies.</summary>
public sealed partial class ReportFileTests
{
    private const string Name = "machine";

    private DirectoryInfo _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("bips-test-");

    [TearDown]
    public void RemoveDirectory() => _directory.Delete(recursive: true);

    [Test]
    public void Stored_results_are_read_back_as_they_were()
    {
        RunReport run = SampleRun.Whole();
        RunReport odd =
            run with { Figures = [run.Figures[0] with { Ratio = new(double.NaN, 0, double.PositiveInfinity) }] };
        foreach (RunReport report in new[] { run, odd })
        {
            var file = new FileInfo(Locate("deep/results.json"));
            report.Save(file);
            RunReport read = RunReport.Load(file);
            Assert.That(read.ToJson(), Is.EqualTo(report.ToJson()));
            Assert.That(read.Figures[0].Definition, Is.EquivalentTo(report.Figures[0].Definition));
            Assert.That(read.Environment.Keys, Is.EqualTo(report.Environment.Keys), "facts are shown in their order");
        }
    }

    [TestCase("{\"format\": 0}", "format 1")]
    [TestCase("{\"figures\": []}", "format 1")]
    [TestCase("{\"format\": 1}", "no results")]
    [TestCase("[1]", "no results")]
    [TestCase("not json", "no results")]
    public void What_is_no_result_is_refused_by_name(string text, string reason)
    {
        File.WriteAllText(Locate("x.json"), text);
        Assert.That(() => RunReport.Load(new FileInfo(Locate("x.json"))),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains(reason).And.Message.Contains("x.json"));
    }

    [Test]
    public void The_page_is_well_formed_and_needs_nothing_from_elsewhere()
    {
        Write(SampleRun.Whole(), compared: true);
        string text = File.ReadAllText(Locate("machine.html"));
        XDocument page = Parse(text);
        Assert.That(text, Does.StartWith("<!DOCTYPE html"));
        string[] fetching = ["script", "link", "img", "image", "iframe", "object", "embed", "use", "base",
            "foreignObject"];
        Assert.That(page.Descendants().Select(element => element.Name.LocalName)
            .Intersect(fetching, StringComparer.Ordinal), Is.Empty);
        Assert.That(page.Descendants().Attributes().Select(attribute => attribute.Name.LocalName),
            Has.None.EqualTo("src").And.None.EqualTo("href")
            .And.None.EqualTo("onload"));
        Assert.That(text, Does.Not.Contain("@import"));
        Assert.That(WithoutNamespaces().Replace(text, ""), Does.Not.Contain("//"), "an address");
        AssertReferencesStayInside(page, text);
    }

    [Test]
    public void The_page_has_every_figure_verdict_fact_and_drawing()
    {
        RunReport run = SampleRun.Whole();
        run = run with { Figures = [.. run.Figures, SampleRun.Latency(3) with { Name = "too slow" }] };
        Write(run, compared: true);
        XElement body = Parse(File.ReadAllText(Locate("machine.html"))).Root!.Element("body")!;
        string[] cells = [.. body.Descendants("td").Select(cell => cell.Value)];
        Assert.That(run.Figures.Select(figure => figure.Name), Is.SubsetOf(cells));
        Assert.That(run.Environment.Values, Is.SubsetOf(cells));
        Assert.That(cells,
            Does.Contain("MISSED").And.Contain("met").And.Contain("1.50 [1.47..1.53]").And.Contain("WORSE"));
        Assert.That(body.Descendants().Count(element =>
            string.Equals(element.Name.LocalName, "svg", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That(body.Value, Does.Contain("1 of 2 targets met"));
    }

    [Test]
    public void The_page_of_a_machine_has_every_figure_once_and_every_fact()
    {
        RunReport run = SampleRun.Whole();
        ReportFiles.Update(run, _directory);
        string text = File.ReadAllText(Locate("results.md"));
        string[] rows = [.. text.Split('\n').Where(line => line.StartsWith('|'))];
        Assert.That(run.Figures.Select(figure => rows.Count(row => row.StartsWith(
            $"| {figure.Name.Replace("|", "\\|", StringComparison.Ordinal)} |", StringComparison.Ordinal))),
                Is.All.EqualTo(1));
        Assert.That(run.Environment.Select(fact => rows.Count(row => row.Contains($"| {fact.Key} | {fact.Value} |",
            StringComparison.Ordinal))), Is.All.Positive);
        Assert.That(text, Does.Contain("8 figures; 1 of 1 targets met").And.Contain("1.50 [1.47..1.53]"));
        Assert.That(_directory.GetFiles().Select(file => file.Name), Is.EquivalentTo(["results.json", "results.md"]));
    }

    [Test]
    public void A_run_of_one_scenario_replaces_its_part_of_what_is_known_of_a_machine()
    {
        RunReport first = SampleRun.Whole();
        ReportFiles.Update(first, _directory);
        RunReport second = SampleRun.Of([SampleRun.Latency(3) with { Name = "too slow" }], repetitions: 9);
        second.Environment["commit"] = "0.1.0+def";
        second.Environment["kernel"] = "Linux 6.2";
        ReportFiles.Update(second, _directory);
        MachineReport machine = MachineReport.Load(ReportFiles.ResultsIn(_directory));
        Assert.That(machine.Runs.Select(run => run.Scenarios.Keys.Single()), Is.EqualTo(["latency", "scale"]));
        AssertSame(machine.Runs[0], second);
        AssertSame(machine.Runs[1],
            first with { Figures = [.. first.Figures.Where(figure => figure.Scenario is "scale")] });
        string page = File.ReadAllText(Locate("results.md"));
        Assert.That(page, Does.Contain("too slow").And.Contain("MISSED").And.Not.Contain("hand-over, p50"));
        Assert.That(page, Does.Contain("Linux 6.1").And.Contain("Linux 6.2").And.Contain("9 repetitions"));
    }

    [Test]
    public void Each_figure_of_a_machine_is_a_line_without_its_curves()
    {
        RunReport run = SampleRun.Whole();
        ReportFiles.Update(run, _directory);
        string[] lines = File.ReadAllLines(Locate("results.json"));
        Assert.That(lines.Count(line => line.TrimStart().StartsWith("{\"name\":", StringComparison.Ordinal)),
            Is.EqualTo(run.Figures.Count));
        Assert.That(lines, Has.None.Contains("percentiles"));
        Assert.That(lines, Has.Some.Contains("\"atMost\":2,\"verdict\":\"met\""));
    }

    [TestCase("{\"kind\": \"machine-0\", \"format\": 1, \"machine\": {}, \"scenarios\": {}}", "machine-1")]
    [TestCase("{\"kind\": \"machine-1\", \"format\": 0, \"machine\": {}, \"scenarios\": {}}", "format 1")]
    [TestCase("{\"kind\": 1}", "no results")]
    [TestCase("{\"kind\": \"machine-1\", \"format\": 1}", "no results")]
    public void What_is_not_known_of_a_machine_is_refused_by_name(string text, string reason)
    {
        File.WriteAllText(Locate("results.json"), text);
        Assert.That(() => StoredRuns.Load(ReportFiles.ResultsIn(_directory)),
            Throws.InstanceOf<InvalidDataException>()
                .With.Message.Contains(reason).And.Message.Contains("results.json"));
    }

    [Test]
    public void A_latency_is_drawn_beside_its_limit_and_a_rate_as_a_line_for_each_policy()
    {
        IReadOnlyList<Plot> plots = Plot.AllOf(SampleRun.Whole());
        Assert.That(plots.Select(plot => plot.Title),
            Is.EqualTo(["latency: round trips, distribution", "scale: frames/s over number of consumers"]));
        Assert.That(plots[0].Model.Series.Select(series => series.Title), Is.EqualTo(["Bips, hand-over", "ping-pong"]));
        Assert.That(plots[1].Model.Series.Select(series => series.Title),
            Is.EqualTo(["Bips, Block", "Bips, Latest", "counters"]));
        var line = (OxyPlot.Series.LineSeries)plots[1].Model.Series[2];
        Assert.That(line.Points.Select(point => (point.X, point.Y)),
            Is.EqualTo([(1.0, 1e6), (8.0, 125_000.0), (32.0, 31_250.0)]));
    }

    [Test]
    public void A_latency_beside_several_others_is_drawn_once_and_they_can_be_told_apart()
    {
        Distribution curve = SampleRun.Whole().Figures[0].Distribution!;
        Figure figure = SampleRun.Latency(1.5) with
        {
            Name = "a line, p50, beside socket",
            LimitName = "socket",
            Distribution = curve,
        };
        Figure[] figures = [figure, figure with { Name = "a line, p50, beside pipe", LimitName = "pipe" }];
        OxyPlot.Series.LineSeries[] lines =
            [.. Plot.AllOf(SampleRun.Of(figures)).Single().Model.Series.Cast<OxyPlot.Series.LineSeries>()];
        Assert.That(lines.Select(line => line.Title), Is.EqualTo(["Bips, a line", "socket", "pipe"]));
        Assert.That(lines.Select(line => string.Join(' ', line.Dashes ?? [])), Is.Unique);
    }

    [Test]
    public void A_line_has_one_point_for_each_number_and_what_makes_no_line_is_not_drawn()
    {
        Figure[] figures =
        [
            .. SampleRun.Whole().Figures.Where(figure => figure.Definition.ContainsKey("sinks")),
            SampleRun.Rate("Block", 8, ratio: 5) with { Name = "the same again" },
            SampleRun.Rate("Block", 8, ratio: 0.6) with { Name = "the same once more" },
            SampleRun.Rate("DropOldest", 8),
        ];
        OxyPlot.Series.LineSeries[] lines =
            [.. Plot.AllOf(SampleRun.Of(figures)).Single().Model.Series.Cast<OxyPlot.Series.LineSeries>()];
        Assert.That(lines.Select(line => line.Title), Is.EqualTo(["Bips, Block", "Bips, Latest", "counters"]));
        Assert.That(lines[0].Points.Select(point => (point.X, point.Y)),
            Is.EqualTo([(1.0, 500_000.0), (8.0, 75_000.0), (32.0, 15_625.0)]));
    }

    [Test]
    public void Every_colour_of_a_drawing_follows_the_page()
    {
        foreach (Plot plot in Plot.AllOf(SampleRun.Whole()))
        {
            string image = PlotImage.Inline(plot).ToString();
            Assert.That(image, Does.Not.Contain("rgb(").And.Not.Contain("black"));
            Assert.That(image, Does.Contain("var(--ink,").And.Contain("var(--series-0,").And.Contain("var(--limit,"));
        }
    }

    private static void AssertReferencesStayInside(XDocument page, string text)
    {
        string[] names = [.. page.Descendants().Attributes("id").Select(attribute => attribute.Value)];
        Assert.That(names, Is.Unique);
        string[] references = [.. Reference().Matches(text).Select(match => match.Groups["name"].Value)];
        Assert.That(references, Is.Not.Empty);
        Assert.That(references, Is.All.StartsWith("#"));
        Assert.That(references.Select(reference => reference[1..]), Is.SubsetOf(names));
    }

    private static XDocument Parse(string text)
    {
        using XmlReader reader = XmlReader.Create(new StringReader(text),
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    private void Write(RunReport run, bool compared)
    {
        RunReport older = run with
        {
            Figures = [.. run.Figures.Select(figure =>
                figure with { Ratio = figure.Ratio is null ? null : SampleRun.Around(0.6) })],
        };
        ReportFiles.Draw(run, compared ? [RunComparison.Of(older, run)] : [], _directory, Name);
    }

    /// <summary>Compares all but the curves, of which a machine's file has none, and the order of facts.</summary>
    private static void AssertSame(RunReport found, RunReport expected)
    {
        Assert.That(found.Environment, Is.EquivalentTo(expected.Environment));
        Assert.That(found.Settings.Repetitions, Is.EqualTo(expected.Settings.Repetitions));
        Figure[] figures = [.. expected.Figures.Select(figure => figure with { Distribution = null })];
        Assert.That((found with { Environment = [], Scenarios = [], Settings = expected.Settings }).ToJson(),
            Is.EqualTo((expected with { Environment = [], Scenarios = [], Figures = figures }).ToJson()));
    }

    private string Locate(string name) => Path.Combine(_directory.FullName, name);

    [GeneratedRegex(@"url\((?<name>[^)]*)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Reference();

    [GeneratedRegex(@"xmlns(:\w+)?=""[^""]*""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex WithoutNamespaces();
}
