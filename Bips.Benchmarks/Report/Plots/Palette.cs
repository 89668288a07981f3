using OxyPlot;

namespace Bips.Benchmarks.Report.Plots;

/// <summary>
/// The colours of drawings. A drawing is made in stand-in colours. <see cref="PlotImage"/> turns them into names whose
/// colours follow the page, light or dark.
/// </summary>
/// <remarks>
/// The colours of series are those of Okabe and Ito, which the colour-blind can tell apart, lightened or darkened for
/// contrast.
/// </remarks>
internal static class Palette
{
    public static OxyColor Ink { get; } = OxyColor.FromRgb(1, 2, 3);

    public static OxyColor Grid { get; } = OxyColor.FromRgb(1, 2, 4);

    /// <summary>Limits: what is not Bips.</summary>
    public static OxyColor Limit { get; } = OxyColor.FromRgb(1, 2, 5);

    private static readonly (string Light, string Dark)[] s_series =
    [
        ("#0072b2", "#56b4e9"),
        ("#d55e00", "#ff8a3d"),
        ("#008763", "#2fc79b"),
        ("#a8508a", "#e39ac6"),
        ("#8a6d00", "#f0c330"),
        ("#5b4fc4", "#a9a1ff"),
    ];

    private static readonly (OxyColor StandIn, string Name, string Light, string Dark)[] s_named =
    [
        (Ink, "ink", "#1f2328", "#e6edf3"),
        (Grid, "grid", "#d8dee4", "#30363d"),
        (Limit, "limit", "#57606a", "#9aa4ae"),
        .. s_series.Select((pair, number) => (Series(number), $"series-{number}", pair.Light, pair.Dark)),
    ];

    /// <summary>The colour of a series, from 0; they repeat after the sixth.</summary>
    public static OxyColor Series(int number) => OxyColor.FromRgb(1, 3, (byte)(number % s_series.Length));

    /// <summary>
    /// Every stand-in, as it is written in SVG, with the name that stands for it in CSS and its value on a light page.
    /// </summary>
    public static IEnumerable<(string StandIn, string Name, string Light)> Names =>
        s_named.Select(color =>
            ($"rgb({color.StandIn.R},{color.StandIn.G},{color.StandIn.B})", color.Name, color.Light));

    /// <summary>CSS that gives the names their values.</summary>
    /// <param name="selector">The element that holds the drawing.</param>
    public static string Style(string selector) =>
        $"{selector}{{--paper:#ffffff;{Values(color => color.Light)}}}@media " +
        $"(prefers-color-scheme:dark){{{selector}{{--paper:#0d1117;{Values(color => color.Dark)}}}}}";

    private static string Values(Func<(OxyColor StandIn, string Name, string Light, string Dark), string> value) =>
        string.Concat(s_named.Select(color => $"--{color.Name}:{value(color)};"));
}
