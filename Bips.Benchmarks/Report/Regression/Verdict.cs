namespace Bips.Benchmarks.Report.Regression;

/// <summary>What a newer result says about a figure of an older one.</summary>
internal enum Verdict
{
    /// <summary>The ratios of the two runs overlap, or differ by less than the tolerance.</summary>
    Same,

    /// <summary>
    /// Every repetition of the newer run is better than every one of the older, and the medians differ by more than the
    /// tolerance.
    /// </summary>
    Better,

    /// <summary>
    /// Every repetition of the newer run is worse than every one of the older, and the medians differ by more than the
    /// tolerance.
    /// </summary>
    Worse,

    /// <summary>With so few repetitions chance alone would separate two runs too often.</summary>
    TooFewRepetitions,

    /// <summary>It was not measured in the same way, so there is nothing to compare.</summary>
    AnotherDefinition,

    /// <summary>
    /// It has neither a limit nor a target. Only absolute numbers could be compared, and those are not comparable.
    /// </summary>
    StandsAlone,

    /// <summary>The newer run measured the scenario, but not this figure.</summary>
    OnlyBefore,

    /// <summary>The older run did not measure it.</summary>
    OnlyNow,
}
