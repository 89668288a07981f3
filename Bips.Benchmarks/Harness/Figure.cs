namespace Bips.Benchmarks.Harness;

/// <summary>One line of a report: what Bips does beside what the machine does.</summary>
internal sealed record Figure
{
    /// <summary>Which sub-command measured it.</summary>
    public required string Scenario { get; init; }

    /// <summary>What was measured.</summary>
    public required string Name { get; init; }

    /// <summary>For example <c>ns</c> or <c>frames/s</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>With Bips.</summary>
    public required Spread Bips { get; init; }

    /// <summary>What it is compared with; null for a figure that stands alone.</summary>
    public string? LimitName { get; init; }

    /// <summary>The same work without Bips, in the same processes.</summary>
    public Spread? Limit { get; init; }

    /// <summary>Bips divided by the limit, for each repetition.</summary>
    public Spread? Ratio { get; init; }

    /// <summary>The bound that the ratio must keep, or the figure itself where it stands alone.</summary>
    public Target? Target { get; init; }

    /// <summary>
    /// How it was measured, as words and their values. Two figures of one name can be compared only where these are
    /// equal.
    /// </summary>
    public IReadOnlyDictionary<string, string> Definition { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>All percentiles, kept with the median of a latency; null for all other figures.</summary>
    public Distribution? Distribution { get; init; }

    /// <summary>Whether less is better: of a time, yes; of a rate, no.</summary>
    public bool IsLessBetter => Target?.IsAtMost ?? !Unit.Contains("/s", StringComparison.Ordinal);

    /// <summary>Whether the target is met; null without one.</summary>
    public bool? IsMet => Target?.IsMetBy(Ratio?.Median ?? Bips.Median);
}
