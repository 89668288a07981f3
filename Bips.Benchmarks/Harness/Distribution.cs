using System.Globalization;

namespace Bips.Benchmarks.Harness;

/// <summary>All percentiles of a latency, of Bips and of its limit. Curves are drawn from them.</summary>
/// <param name="Percentiles">Ascending, from 0 to just below 100; eight for each further nine.</param>
/// <param name="Bips">
/// The time at each percentile, in the unit of the figure: the median over the repetitions.
/// </param>
/// <param name="Limit">The same of the limit; null for a figure that stands alone.</param>
internal sealed record Distribution(
    IReadOnlyList<double> Percentiles, IReadOnlyList<double> Bips, IReadOnlyList<double>? Limit)
{
    private const int PointsPerNine = 8;
    private const int Nines = 5;

    /// <summary>The percentiles that a process reports; it leaves out those that it has too few times for.</summary>
    public static IReadOnlyList<double> Points { get; } =
        [.. Enumerable.Range(0, (PointsPerNine * Nines) + 1)
            .Select(i => Math.Round(100 * (1 - Math.Pow(10, -(double)i / PointsPerNine)), 4))];

    /// <summary>Name under which a process reports one percentile of a section.</summary>
    public static string KeyOf(string section, double percentile) =>
        string.Create(CultureInfo.InvariantCulture, $"{section}.at.{percentile}");

    /// <summary>Whether that many times tell such a percentile from the longest of them.</summary>
    public static bool IsKnown(double percentile, long count) => count * (100 - percentile) >= 100;
}
