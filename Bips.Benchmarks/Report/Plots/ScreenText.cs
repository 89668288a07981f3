using OxyPlot;

namespace Bips.Benchmarks.Report.Plots;

/// <summary>
/// Tells the plotting library how large text is. Its own measure counts in points, three of which are four pixels of a
/// screen, so texts would overlap.
/// </summary>
internal sealed class ScreenText() : PdfRenderContext(1, 1, OxyColors.Transparent)
{
    private const double PixelsPerPoint = 4.0 / 3;

    public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight) =>
        base.MeasureText(text, fontFamily, fontSize * PixelsPerPoint, fontWeight);
}
