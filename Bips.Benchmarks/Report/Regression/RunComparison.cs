using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Report.Regression;

/// <summary>
/// An older run beside a newer one, figure by figure, by what Bips does relative to the limit of the machine.
/// </summary>
internal sealed class RunComparison
{
    private RunComparison(ComparisonRule rule, IReadOnlyList<FigureComparison> figures, IReadOnlyList<string> notes)
    {
        Rule = rule;
        Figures = figures;
        Notes = notes;
    }

    public ComparisonRule Rule { get; }

    /// <summary>Every figure of the newer run, then those that only the older one has.</summary>
    public IReadOnlyList<FigureComparison> Figures { get; }

    /// <summary>How the two runs differ in environment and settings; a reader judges what that means.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>How many figures have a verdict.</summary>
    public int Judged => Figures.Count(figure => figure.Verdict is Verdict.Same or Verdict.Better or Verdict.Worse);

    public int CountOf(Verdict verdict) => Figures.Count(figure => figure.Verdict == verdict);

    /// <param name="before">The older run.</param>
    /// <param name="now">The newer run. Scenarios of the older run that this one did not measure are left out.</param>
    /// <param name="tolerance">See <see cref="ComparisonRule"/>.</param>
    public static RunComparison Of(RunReport before, RunReport now, double tolerance = ComparisonRule.DefaultTolerance)
    {
        var rule = new ComparisonRule(before.Settings.Repetitions, now.Settings.Repetitions, tolerance);
        var old = new List<Figure>(before.Figures);
        Dictionary<Figure, Figure> pairs = Pair(old, now.Figures);
        var measured = now.Figures.Select(figure => figure.Scenario).ToHashSet(StringComparer.Ordinal);
        FigureComparison[] figures =
        [
            .. now.Figures.Select(figure => pairs.TryGetValue(figure, out Figure? earlier)
                ? Compare(rule, earlier, figure)
                : new(figure.Scenario, figure.Name, Verdict.OnlyNow)
                {
                    Now = figure.Ratio,
                    Reason = "the older run did not measure it",
                }),
            .. old.Where(figure => measured.Contains(figure.Scenario)).Select(figure =>
                new FigureComparison(figure.Scenario, figure.Name, Verdict.OnlyBefore)
                {
                    Before = figure.Ratio,
                    Reason = "the newer run did not measure it",
                }),
        ];
        return new RunComparison(rule, figures, [.. Differences(before, now)]);
    }

    /// <summary>
    /// Finds the older figure of each newer one: the one of the same name and limit, otherwise one of the same name.
    /// </summary>
    /// <param name="old">The older figures; those that belong to a newer one are taken out.</param>
    /// <param name="now">The newer figures.</param>
    private static Dictionary<Figure, Figure> Pair(List<Figure> old, IReadOnlyList<Figure> now)
    {
        var pairs = new Dictionary<Figure, Figure>(ReferenceEqualityComparer.Instance);
        foreach (bool needsSameLimit in new[] { true, false })
        {
            foreach (Figure figure in now.Where(figure => !pairs.ContainsKey(figure)))
            {
                int index = old.FindIndex(earlier => HasSameName(earlier, figure) && (!needsSameLimit ||
                    string.Equals(LimitOf(earlier), LimitOf(figure), StringComparison.Ordinal)));
                if (index >= 0)
                {
                    pairs.Add(figure, old[index]);
                    old.RemoveAt(index);
                }
            }
        }

        return pairs;
    }

    private static bool HasSameName(Figure one, Figure other) =>
        string.Equals(one.Scenario, other.Scenario, StringComparison.Ordinal) &&
        string.Equals(one.Name, other.Name, StringComparison.Ordinal);

    /// <summary>What a figure is compared with: by definition, or else by name.</summary>
    private static string? LimitOf(Figure figure) => figure.Definition.GetValueOrDefault("limit") ?? figure.LimitName;

    private static FigureComparison Compare(ComparisonRule rule, Figure before, Figure now)
    {
        if (DifferenceOf(before, now) is { } difference)
        {
            return new(now.Scenario, now.Name, Verdict.AnotherDefinition)
            {
                Before = before.Ratio,
                Now = now.Ratio,
                Reason = difference,
            };
        }

        var compared = new FigureComparison(now.Scenario, now.Name, Verdict.StandsAlone)
        {
            Before = before.Ratio,
            Now = now.Ratio,
        };
        if (before.Ratio is { } earlier && now.Ratio is { } later)
        {
            return !IsFinite(earlier) || !IsFinite(later)
                ? compared with { Reason = "a limit was measured as zero" }
                : !rule.CanTell
                    ? compared with { Verdict = Verdict.TooFewRepetitions, Reason = "too few repetitions" }
                    : compared with { Verdict = rule.Judge(earlier, later, now.IsLessBetter) };
        }

        return before.IsMet is { } wasMet && now.IsMet is { } isMet
            ? compared with
            {
                Before = before.Bips,
                Now = now.Bips,
                Verdict = isMet == wasMet ? Verdict.Same : isMet ? Verdict.Better : Verdict.Worse,
            }
            : compared with { Reason = "no limit to compare by" };
    }

    /// <returns>How the two were not measured alike; null if they were.</returns>
    private static string? DifferenceOf(Figure before, Figure now)
    {
        IEnumerable<(string Word, string? Before, string? Now)> words =
        [
            .. before.Definition.Keys.Union(now.Definition.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(word =>
                    (word, before.Definition.GetValueOrDefault(word), now.Definition.GetValueOrDefault(word))),
            ("unit", before.Unit, now.Unit),
            ("compared with", LimitOf(before), LimitOf(now)),
            ("better is", before.IsLessBetter ? "less" : "more", now.IsLessBetter ? "less" : "more"),
        ];
        return Join(words.Where(word => !string.Equals(word.Before, word.Now, StringComparison.Ordinal))
            .Select(word => $"{word.Word}: {word.Before ?? "nothing"} then, {word.Now ?? "nothing"} now"));
    }

    private static IEnumerable<string> Differences(RunReport before, RunReport now)
    {
        if (before.Settings.Repetitions != now.Settings.Repetitions)
        {
            yield return $"repetitions: {before.Settings.Repetitions} then, {now.Settings.Repetitions} now";
        }

        foreach (string fact in before.Environment.Keys.Union(now.Environment.Keys, StringComparer.Ordinal)
            .Where(fact => !EnvironmentRecord.OfOneRun.Contains(fact) ||
                EnvironmentRecord.Telling.Contains(fact, StringComparer.Ordinal)))
        {
            string? earlier = before.Environment.GetValueOrDefault(fact);
            string? later = now.Environment.GetValueOrDefault(fact);
            if (!string.Equals(earlier, later, StringComparison.Ordinal))
            {
                yield return $"{fact}: {earlier ?? "not recorded"} then, {later ?? "not recorded"} now";
            }
        }
    }

    private static bool IsFinite(Spread spread) =>
        double.IsFinite(spread.Median) && double.IsFinite(spread.Low) && double.IsFinite(spread.High);

    private static string? Join(IEnumerable<string> parts) => string.Join("; ", parts) is { Length: > 0 } joined
        ? joined
        : null;
}
