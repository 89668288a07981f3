using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Bips.Benchmarks.Report.Plots;

/// <summary>Drawings, axes and lines as all drawings have them.</summary>
internal static class PlotParts
{
    private static readonly string[] s_times = ["ns", "µs", "ms", "s"];
    private static readonly string[] s_counts = ["", "k", "M", "G"];
    private static readonly double[][] s_dashes = [[3, 2], [1, 2], [8, 2, 1, 2], [8, 3]];
    private static readonly MarkerType[] s_markers =
        [MarkerType.Circle, MarkerType.Square, MarkerType.Diamond, MarkerType.Triangle, MarkerType.None];

    public static PlotModel Model(params Axis[] axes)
    {
        var model = new PlotModel
        {
            DefaultFont = "Arial",
            TextColor = Palette.Ink,
            PlotAreaBorderColor = Palette.Grid,
            PlotMargins = new OxyThickness(70, 8, 16, 46),
        };
        foreach (Axis axis in axes)
        {
            model.Axes.Add(axis);
        }

        model.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.TopLeft,
            LegendOrientation = LegendOrientation.Vertical,
            LegendBorderThickness = 0,
            LegendTextColor = Palette.Ink,
            LegendSymbolLength = 26,
        });
        return model;
    }

    /// <summary>An axis whose steps are powers of a number.</summary>
    public static Axis Logarithmic(AxisPosition position, string title, Func<double, string> label,
        double powerOf = 10) =>
        Styled(new LogarithmicAxis { Base = powerOf }, position, title, label);

    /// <summary>An axis with equal steps of one.</summary>
    public static Axis Linear(AxisPosition position, string title, Func<double, string> label) =>
        Styled(new LinearAxis { MajorStep = 1 }, position, title, label);

    /// <param name="title">For the legend.</param>
    /// <param name="points">From left to right.</param>
    /// <param name="series">Which colour, from 0.</param>
    /// <param name="marked">Whether each point is one measurement, and so is marked.</param>
    public static LineSeries Line(string title, IEnumerable<DataPoint> points, int series, bool marked) =>
        Line(title, points, Palette.Series(series), dashes: null, marked ? MarkerType.Circle : MarkerType.None);

    /// <param name="title">For the legend.</param>
    /// <param name="points">From left to right.</param>
    /// <param name="number">Which dashes and marks, from 0; all limits have one colour.</param>
    /// <param name="marked">Whether each point is one measurement, and so is marked.</param>
    public static LineSeries Limit(string title, IEnumerable<DataPoint> points, int number, bool marked) =>
        Line(title, points, Palette.Limit, s_dashes[number % s_dashes.Length],
            marked ? s_markers[number % s_markers.Length] : MarkerType.None);

    private static LineSeries Line(string title, IEnumerable<DataPoint> points, OxyColor color, double[]? dashes,
        MarkerType marker)
    {
        var line = new LineSeries
        {
            Title = title,
            Color = color,
            StrokeThickness = 2,
            Dashes = dashes,
            MarkerType = marker,
            MarkerSize = 3.5,
            MarkerFill = color,
        };
        line.Points.AddRange(points);
        return line;
    }

    /// <summary>For example <c>1.5 µs</c>, from nanoseconds.</summary>
    public static string Time(double nanoseconds) => Scaled(nanoseconds, s_times, " ");

    /// <summary>For example <c>1.5 M</c>.</summary>
    public static string Count(double count) => Scaled(count, s_counts, " ").TrimEnd();

    /// <summary>For example <c>64 KB</c>, from bytes.</summary>
    public static string Bytes(double bytes) => bytes switch
    {
        < 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes:0} B"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 10):0.#} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 20):0.#} MB"),
    };

    private static Axis Styled(Axis axis, AxisPosition position, string title, Func<double, string> label)
    {
        axis.Position = position;
        axis.Title = title;
        axis.LabelFormatter = label;
        axis.MajorGridlineStyle = LineStyle.Solid;
        axis.MajorGridlineColor = Palette.Grid;
        axis.MinorTickSize = 0;
        axis.TicklineColor = Palette.Grid;
        axis.AxislineColor = Palette.Grid;
        axis.AxisTitleDistance = 8;
        axis.MinimumPadding = 0.02;
        axis.MaximumPadding = 0.05;
        return axis;
    }

    private static string Scaled(double value, string[] units, string gap)
    {
        int unit = 0;
        while (value >= 999.5 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.##}{gap}{units[unit]}");
    }
}
