using System.Globalization;

namespace Bips.Benchmarks.Harness;

/// <summary>What a figure is to be.</summary>
/// <param name="Value">The bound.</param>
/// <param name="IsAtMost">Whether it is an upper bound.</param>
internal readonly record struct Target(double Value, bool IsAtMost)
{
    public static Target AtMost(double value) => new(value, IsAtMost: true);

    public static Target AtLeast(double value) => new(value, IsAtMost: false);

    public bool IsMetBy(double value) => IsAtMost ? value <= Value : value >= Value;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsAtMost ? "<=" : ">=")} {Value:0.##}");
}
