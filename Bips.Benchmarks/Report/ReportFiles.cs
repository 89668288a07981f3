using System.Text;
using System.Xml;
using Bips.Benchmarks.Report.Plots;
using Bips.Benchmarks.Report.Regression;

namespace Bips.Benchmarks.Report;

/// <summary>The files that tell people, and later runs, what a run found out.</summary>
internal static class ReportFiles
{
    /// <summary>Name of the file with the figures of a machine.</summary>
    public const string Results = "results.json";

    /// <summary>Name of the page that shows them.</summary>
    public const string Page = "results.md";

    /// <summary>The file with the figures of the machine that a directory is for.</summary>
    public static FileInfo ResultsIn(DirectoryInfo directory) => new(Path.Combine(directory.FullName, Results));

    /// <summary>
    /// Puts the scenarios of a run into the figures and onto the page of a machine; other scenarios stay.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="directory">The machine's directory; made if it is not there.</param>
    public static void Update(RunReport run, DirectoryInfo directory)
    {
        directory.Create();
        FileInfo results = ResultsIn(directory);
        MachineReport machine = results.Exists ? MachineReport.Load(results) : new MachineReport([]);
        machine.With(run).Save(results);

        // The page shows what the file holds, so it is made of what can be read back.
        using var page = new StringWriter { NewLine = "\n" };
        MachinePage.Write(MachineReport.Load(results), page);
        File.WriteAllText(Path.Combine(directory.FullName, Page), page.ToString());
    }

    /// <summary>Writes a run with its drawings as <c>NAME.html</c>, which needs no other file.</summary>
    /// <param name="run">The run.</param>
    /// <param name="comparisons">With older runs.</param>
    /// <param name="directory">Where to; made if it is not there.</param>
    /// <param name="name">Of the file, without extension.</param>
    public static void Draw(RunReport run, IReadOnlyList<RunComparison> comparisons, DirectoryInfo directory,
        string name)
    {
        directory.Create();
        string path = Path.Combine(directory.FullName, $"{name}.html");
        var settings = new XmlWriterSettings
        {
            OmitXmlDeclaration = true,
            Encoding = new UTF8Encoding(false),
            NewLineChars = "\n",
            Indent = true,
        };
        using (XmlWriter writer = XmlWriter.Create(path, settings))
        {
            HtmlReport.Make(run, Plot.AllOf(run), comparisons).Save(writer);
        }

        File.AppendAllText(path, "\n");
    }
}
