using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Alternatives;

/// <summary>How the comparison with one alternative went.</summary>
/// <param name="Alternative">With what.</param>
/// <param name="Samples">What was measured, both sides.</param>
/// <param name="Obstacle">Why the alternative is not in them; null where it is.</param>
internal sealed record Outcome(Alternative Alternative, Samples Samples, string? Obstacle)
{
    /// <summary>
    /// The figure of this comparison. Without the alternative it is the figure of Bips alone, and says what to install.
    /// </summary>
    /// <param name="name">What was measured.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="pool">Bips' section.</param>
    /// <param name="key">Which number of either.</param>
    public Figure ToFigure(string name, string unit, string pool, string key) => Obstacle is null
        ? Samples.Beside($"{name}, beside {Alternative.Title}", unit, $"{pool}.{key}", $"{Alternative.Key}.{key}",
            $"{Alternative.Title}, {Alternative.Copies}")
        : Samples.Alone($"{name}, without {Alternative.Title}", unit, Samples.Of($"{pool}.{key}")) with
        {
            LimitName = $"{Alternative.Title}: {Obstacle}",
        };
}
