using System.Globalization;
using System.Text;
using System.Xml.Linq;
using OxyPlot;

namespace Bips.Benchmarks.Report.Plots;

/// <summary>A drawing as SVG that is readable on a light and on a dark page.</summary>
internal static class PlotImage
{
    private const int Width = 820;
    private const int DrawnHeight = 380;
    private const int LegendLineHeight = 18;
    private const string DrawnFont = "Arial";
    private const string Fonts = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    /// <summary>For a page that has <see cref="Palette.Style"/> of its own.</summary>
    public static XElement Inline(Plot plot)
    {
        int height = DrawnHeight + (LegendLineHeight * plot.Model.Series.Count);
        var exporter = new SvgExporter
        {
            Width = Width,
            Height = height,
            IsDocument = false,
            TextMeasurer = new ScreenText(),
        };
        var text = new StringBuilder(exporter.ExportToString(plot.Model));
        foreach ((string standIn, string name, string light) in Palette.Names)
        {
            text.Replace(standIn, string.Create(CultureInfo.InvariantCulture, $"var(--{name},{light})"));
        }

        // Several drawings share a page, and the names within each are the same.
        text.Replace("clipPath", $"{plot.Name}-clip").Replace($"<{plot.Name}-clip", "<clipPath")
            .Replace($"</{plot.Name}-clip", "</clipPath");
        text.Replace($"\"{DrawnFont}\"", $"\"{Fonts}\"");
        XElement image = XDocument.Parse(text.ToString()).Root!;
        image.SetAttributeValue("viewBox", $"0 0 {Width} {height}");
        image.SetAttributeValue("role", "img");
        image.SetAttributeValue("aria-label", plot.Title);
        image.AddFirst(new XElement(s_svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"),
            new XAttribute("style", "fill:var(--paper,#ffffff)")));
        return image;
    }
}
