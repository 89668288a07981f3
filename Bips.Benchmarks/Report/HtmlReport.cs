using System.Xml.Linq;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Report.Plots;
using Bips.Benchmarks.Report.Regression;

namespace Bips.Benchmarks.Report;

/// <summary>A run as one HTML page that needs nothing from anywhere: no script, no font, no image.</summary>
internal static class HtmlReport
{
    /// <summary>Class of cells with numbers.</summary>
    private const string Number = "number";

    private const string Style = """
        :root{color-scheme:light dark;--good:#1a7f37;--bad:#cf222e;--stripe:#f6f8fa}
        @media (prefers-color-scheme:dark){:root{--good:#3fb950;--bad:#ff7b72;--stripe:#161b22}}
        body{margin:2rem auto;max-width:92rem;padding:0 1rem;background:var(--paper);color:var(--ink);
        font:16px/1.5 system-ui,Helvetica,Arial,sans-serif}
        h1{font-size:1.7rem;line-height:1.25}
        h2{font-size:1.25rem;margin-top:2.5rem;border-bottom:1px solid var(--grid);padding-bottom:.25rem}
        .scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem;width:100%}
        th,td{padding:.3rem .4rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--grid)}
        tbody tr:nth-child(even){background:var(--stripe)}
        .number{text-align:right;font-variant-numeric:tabular-nums}.number span{white-space:nowrap}
        td:first-child{min-width:11rem}td:last-child{min-width:9rem}
        .good{color:var(--good)}.bad{color:var(--bad);font-weight:700}
        figure{margin:1.5rem 0}figcaption{font-size:.85rem;color:var(--limit)}
        svg{width:100%;max-width:820px;height:auto;display:block}code{font-size:.9em;overflow-wrap:anywhere}
        """;

    /// <param name="report">The run.</param>
    /// <param name="plots">Its drawings.</param>
    /// <param name="comparisons">With older runs.</param>
    public static XDocument Make(RunReport report, IReadOnlyList<Plot> plots, IReadOnlyList<RunComparison> comparisons)
    {
        var body = new XElement("body", new XElement("h1", ReportText.Title(report.Environment)),
            Paragraph(ReportText.Summary(report)), Paragraph(ReportText.Reading));
        Figure[] missed = [.. report.Figures.Where(figure => figure.IsMet == false)];
        if (missed.Length > 0)
        {
            body.Add(new XElement("h2", "Targets that are missed"),
                Table(FigureTable.Columns, missed.Select(FigureTable.Row)));
        }

        foreach (IGrouping<string, Figure> scenario in report.Figures
            .GroupBy(figure => figure.Scenario, StringComparer.Ordinal))
        {
            body.Add(new XElement("h2", scenario.Key),
                Paragraph(report.Scenarios.GetValueOrDefault(scenario.Key) ?? ""),
                Table(FigureTable.Columns, scenario.Select(FigureTable.Row)),
                plots.Where(plot => string.Equals(plot.Scenario, scenario.Key, StringComparison.Ordinal))
                .Select(Drawing));
        }

        foreach (RunComparison comparison in comparisons)
        {
            body.Add(new XElement("h2", "Comparison"), Paragraph(ComparisonText.Summary(comparison)),
                Table(ComparisonText.Columns, comparison.Figures.Select(ComparisonText.Row)),
                new XElement("ul", ComparisonText.Notes(comparison).Select(note => new XElement("li", note))));
        }

        body.Add(new XElement("h2", "Measured on"),
            Table(["what", "how it was"], report.Environment.Select(string[] (fact) => [fact.Key, fact.Value])));
        return new XDocument(new XDocumentType("html", null, null, null),
            new XElement("html", new XAttribute("lang", "en"), Head(report), body));
    }

    /// <summary>A number and its range, between which alone a narrow column may break.</summary>
    private static IEnumerable<object> Unbroken(string text)
    {
        int range = text.IndexOf(" [", StringComparison.Ordinal);
        return range < 0
            ? [new XElement("span", text)]
            : [text[..(range + 1)], new XElement("span", text[(range + 1)..])];
    }

    private static XElement Head(RunReport report) => new("head",
        new XElement("meta", new XAttribute("charset", "utf-8")),
        new XElement("meta", new XAttribute("name", "viewport"),
            new XAttribute("content", "width=device-width, initial-scale=1")),
        new XElement("title", ReportText.Title(report.Environment)),
        new XElement("style", Palette.Style(":root") + Style));

    private static XElement Drawing(Plot plot) =>
        new("figure", PlotImage.Inline(plot), new XElement("figcaption", plot.Title));

    /// <summary>Text in which what stands between backticks is code.</summary>
    private static XElement Paragraph(string text) =>
        new("p", text.Split('`').Select((part, number) => number % 2 == 0 ? (object)part : new XElement("code", part)));

    private static XElement Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows) =>
        new("div", new XAttribute("class", "scroll"), new XElement("table",
            new XElement("thead", new XElement("tr", columns.Select(column => Cell("th", column.Trim(), column)))),
            new XElement("tbody", rows.Select(row =>
                new XElement("tr", row.Select((cell, number) => Cell("td", cell, columns[number])))))));

    /// <param name="tag">Of the element.</param>
    /// <param name="text">In it.</param>
    /// <param name="column">Title of its column, with the blank in front that stands for numbers.</param>
    private static XElement Cell(string tag, string text, string column)
    {
        string? kind = column.StartsWith(' ') ? Number : text switch
        {
            "met" or "better" => "good",
            "MISSED" or "WORSE" => "bad",
            _ => null,
        };
        return new XElement(tag, kind is null ? null : new XAttribute("class", kind), kind is Number
            ? Unbroken(text)
            : text);
    }
}
