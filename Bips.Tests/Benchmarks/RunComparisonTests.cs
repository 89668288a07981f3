using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Report;
using Bips.Benchmarks.Report.Regression;

namespace Bips.Tests.Benchmarks;

/// <summary>Only figures measured alike are compared; what chance and noise explain is no change.</summary>
public sealed class RunComparisonTests
{
    private static readonly Dictionary<string, string> s_nothing = new(StringComparer.Ordinal);

    [TestCase(1.5, 2.0, "Worse")]
    [TestCase(2.0, 1.5, "Better")]
    [TestCase(1.5, 1.53, "Same", Description = "repetitions overlap")]
    [TestCase(1.5, 1.5, "Same")]
    public void More_is_worse_of_a_time(double before, double now, string verdict) =>
        Assert.That(Compare(SampleRun.Latency(before), SampleRun.Latency(now)).Verdict.ToString(), Is.EqualTo(verdict));

    [TestCase(0.5, 0.7, "Better")]
    [TestCase(0.7, 0.5, "Worse")]
    public void More_is_better_of_a_rate(double before, double now, string verdict) =>
        Assert.That(Compare(SampleRun.Rate("Block", 1, before), SampleRun.Rate("Block", 1, now)).Verdict.ToString(),
            Is.EqualTo(verdict));

    [Test]
    public void A_machine_that_is_twice_as_slow_changes_no_ratio() =>
        Assert.That(Compare(SampleRun.Latency(1.5, limit: 100), SampleRun.Latency(1.5, limit: 200)).Verdict,
            Is.EqualTo(Verdict.Same));

    [TestCase(0.04, Verdict.Worse)]
    [TestCase(0.06, Verdict.Same)]
    public void Repetitions_apart_by_less_than_the_tolerance_are_the_same(double tolerance, object verdict)
    {
        RunReport before = SampleRun.Of([SampleRun.Latency(1.5)]);
        RunReport now = SampleRun.Of([SampleRun.Latency(1.5 * 1.05)]);
        Assert.That(RunComparison.Of(before, now, tolerance).Figures[0].Verdict, Is.EqualTo(verdict));
    }

    [Test]
    public void Medians_far_apart_are_the_same_while_repetitions_overlap()
    {
        Figure wide = SampleRun.Latency(1.5) with { Ratio = new Spread(1.5, 1.4, 2.1) };
        Assert.That(Compare(wide, SampleRun.Latency(2.05)).Verdict, Is.EqualTo(Verdict.Same));
    }

    [TestCase(5, 5, 252)]
    [TestCase(3, 3, 20)]
    [TestCase(3, 5, 56)]
    [TestCase(1, 1, 2)]
    public void Chance_is_one_in_all_the_ways_to_choose_repetitions(int before, int now, int ways) =>
        Assert.That(new ComparisonRule(before, now, Tolerance: 0).Chance, Is.EqualTo(1.0 / ways).Within(1e-12));

    [TestCase(2, false)]
    [TestCase(3, true)]
    public void Two_repetitions_tell_nothing(int repetitions, bool canTell)
    {
        RunReport before = SampleRun.Of([SampleRun.Latency(1)], repetitions);
        RunReport now = SampleRun.Of([SampleRun.Latency(9)], repetitions);
        Verdict verdict = RunComparison.Of(before, now).Figures[0].Verdict;
        Assert.That(verdict, Is.EqualTo(canTell ? Verdict.Worse : Verdict.TooFewRepetitions));
    }

    [Test]
    public void A_figure_that_was_measured_in_another_way_is_not_compared()
    {
        Figure before = SampleRun.Latency(1);
        var words = new Dictionary<string, string>(before.Definition, StringComparer.Ordinal) { ["run"] = "300" };
        FigureComparison compared = Compare(before, SampleRun.Latency(9) with { Definition = words });
        Assert.That(compared.Verdict, Is.EqualTo(Verdict.AnotherDefinition));
        Assert.That(compared.Reason, Is.EqualTo("run: 1000 then, 300 now"));
    }

    [Test]
    public void Another_unit_or_another_limit_is_another_definition()
    {
        Assert.That(Compare(SampleRun.Latency(1), SampleRun.Latency(9) with { Unit = "us" }).Verdict,
            Is.EqualTo(Verdict.AnotherDefinition));
        Figure bare = SampleRun.Latency(1) with { Definition = s_nothing };
        FigureComparison compared = Compare(bare, bare with { LimitName = "something else" });
        Assert.That(compared.Verdict, Is.EqualTo(Verdict.AnotherDefinition));
        Assert.That(compared.Reason, Does.Contain("ping-pong then, something else now"));
    }

    [Test]
    public void Figures_of_one_name_are_told_apart_by_their_limits()
    {
        Figure pipe = SampleRun.Latency(1) with { LimitName = "pipe", Definition = s_nothing };
        Figure socket = SampleRun.Latency(5) with { LimitName = "socket", Definition = s_nothing };
        RunComparison comparison = RunComparison.Of(SampleRun.Of([pipe, socket]), SampleRun.Of([socket, pipe]));
        Assert.That(comparison.Figures.Select(figure => figure.Verdict), Is.EqualTo([Verdict.Same, Verdict.Same]));
    }

    [Test]
    public void A_figure_that_only_one_run_has_is_said_to_be_missing()
    {
        RunReport before = SampleRun.Of([SampleRun.Latency(1), SampleRun.Latency(1) with { Name = "gone" }]);
        RunReport now = SampleRun.Of([SampleRun.Latency(1), SampleRun.Latency(1) with { Name = "added" }]);
        Assert.That(RunComparison.Of(before, now).Figures.Select(figure => (figure.Name, figure.Verdict)), Is.EqualTo(
            [("hand-over, p50", Verdict.Same), ("added", Verdict.OnlyNow), ("gone", Verdict.OnlyBefore)]));
    }

    [Test]
    public void Scenarios_that_the_newer_run_left_out_are_not_missing()
    {
        RunReport before = SampleRun.Of([SampleRun.Latency(1), SampleRun.Rate("Block", 1)]);
        Assert.That(RunComparison.Of(before, SampleRun.Of([SampleRun.Latency(1)])).Figures, Has.Count.EqualTo(1));
    }

    [TestCase(0, 8, Verdict.Worse)]
    [TestCase(8, 0, Verdict.Better)]
    [TestCase(0, 0, Verdict.Same)]
    public void A_figure_without_a_limit_is_judged_by_its_target(double before, double now, object verdict) =>
        Assert.That(Compare(Allocated(before), Allocated(now)).Verdict, Is.EqualTo(verdict));

    [Test]
    public void A_figure_with_neither_limit_nor_target_is_not_compared() =>
        Assert.That(Compare(Allocated(0) with { Target = null }, Allocated(9) with { Target = null }).Verdict,
            Is.EqualTo(Verdict.StandsAlone));

    [Test]
    public void A_limit_of_zero_is_not_divided_by() =>
        Assert.That(Compare(SampleRun.Latency(1),
            SampleRun.Latency(1) with { Ratio = new Spread(double.NaN, 1, double.PositiveInfinity) }).Verdict,
            Is.EqualTo(Verdict.StandsAlone));

    [Test]
    public void Other_environments_are_noted_but_not_what_differs_in_any_two_runs()
    {
        RunReport before = SampleRun.Of([SampleRun.Latency(1)]);
        RunReport now = SampleRun.Of([SampleRun.Latency(1)], repetitions: 3);
        now.Environment["kernel"] = "Linux 6.2";
        now.Environment["commit"] = "another";
        now.Environment["load at start"] = "9";
        now.Environment["time"] = "later";
        now.Environment["command"] = "another";
        now.Environment["governor"] = "performance";
        Assert.That(RunComparison.Of(before, now).Notes, Is.EqualTo(
        [
            "repetitions: 5 then, 3 now", "kernel: Linux 6.1 then, Linux 6.2 now",
            "commit: 0.1.0+abc then, another now",
            "load at start: 0.01 then, 9 now", "governor: not recorded then, performance now",
        ]));
    }

    private static Figure Allocated(double bytes) =>
        new()
        {
            Scenario = "latency",
            Name = "bytes",
            Unit = "B",
            Bips = new Spread(bytes, bytes, bytes),
            Target = Target.AtMost(0),
        };

    private static FigureComparison Compare(Figure before, Figure now) =>
        RunComparison.Of(SampleRun.Of([before]), SampleRun.Of([now])).Figures.Single();
}
