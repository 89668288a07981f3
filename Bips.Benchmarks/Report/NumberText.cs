using System.Globalization;
using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Report;

/// <summary>Numbers as every table shows them.</summary>
internal static class NumberText
{
    /// <summary>For example <c>1.20 [1.10..1.31]</c>; nothing for nothing.</summary>
    public static string Of(Spread? spread) => spread is { } known
        ? $"{Of(known.Median)} [{Of(known.Low)}..{Of(known.High)}]"
        : "";

    /// <summary>Three significant digits where a number is small, none behind the point where it is large.</summary>
    public static string Of(double value) => Math.Abs(value) switch
    {
        < 10 => value.ToString("0.00", CultureInfo.InvariantCulture),
        < 100 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("N0", CultureInfo.InvariantCulture),
    };

    /// <summary>Whether the target of a figure is met, in a word; nothing without a target.</summary>
    public static string VerdictOf(Figure figure) =>
        figure.IsMet switch { null => "", true => "met", false => "MISSED" };
}
