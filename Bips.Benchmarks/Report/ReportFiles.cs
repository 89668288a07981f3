using System.Text;
using System.Xml;
using System.Xml.Linq;
using Bips.Benchmarks.Report.Plots;
using Bips.Benchmarks.Report.Regression;

namespace Bips.Benchmarks.Report;

/// <summary>The files of a report: <c>NAME.html</c>, which needs no other file, and <c>NAME.md</c> with its drawings beside it.</summary>
internal static class ReportFiles
{
    /// <summary>File name of a drawing.</summary>
    public static string ImageName(string name, Plot plot) => $"{name}-{plot.Name}.svg";

    /// <param name="report">The run.</param>
    /// <param name="comparison">With an older run; null for none.</param>
    /// <param name="directory">Made if it is not there; drawings of an earlier report of that name are removed from it.</param>
    /// <param name="name">Of the files.</param>
    public static void Write(RunReport report, RunComparison? comparison, DirectoryInfo directory, string name)
    {
        directory.Create();
        foreach (FileInfo old in directory.GetFiles($"{name}-*.svg"))
        {
            old.Delete();
        }

        IReadOnlyList<Plot> plots = Plot.AllOf(report);
        foreach (Plot plot in plots)
        {
            Save(PlotImage.Standalone(plot), Path.Combine(directory.FullName, ImageName(name, plot)));
        }

        using (var page = new StringWriter { NewLine = "\n" })
        {
            MarkdownReport.Write(report, name, plots, comparison, page);
            File.WriteAllText(Path.Combine(directory.FullName, $"{name}.md"), page.ToString());
        }

        Save(HtmlReport.Make(report, plots, comparison), Path.Combine(directory.FullName, $"{name}.html"));
    }

    private static void Save(XDocument document, string path)
    {
        var settings = new XmlWriterSettings { OmitXmlDeclaration = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n", Indent = true };
        using (XmlWriter writer = XmlWriter.Create(path, settings))
        {
            document.Save(writer);
        }

        File.AppendAllText(path, "\n");
    }
}
