using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Report;

/// <summary>What is known of one machine as a Markdown page, with a section for each scenario.</summary>
internal static class MachinePage
{
    public static void Write(MachineReport machine, TextWriter output)
    {
        Figure[] figures = [.. machine.Runs.SelectMany(run => run.Figures)];
        output.WriteLine($"# {ReportText.Title(machine.Facts())}\n");
        output.WriteLine(
            $"{ReportText.Count(figures)}. `bench ... --report` writes this page and `{ReportFiles.Results}`.\n");
        output.WriteLine($"{ReportText.Reading}\n");
        Figure[] missed = [.. figures.Where(figure => figure.IsMet == false)];
        if (missed.Length > 0)
        {
            output.WriteLine("## Targets that are missed\n");
            FigureTable.Write(missed, output);
            output.WriteLine();
        }

        foreach (RunReport run in machine.Runs)
        {
            WriteRun(machine, run, output);
        }

        output.WriteLine("## Measured on\n");
        WriteFacts(machine.Facts(), output);
    }

    private static void WriteRun(MachineReport machine, RunReport run, TextWriter output)
    {
        (string name, string description) = run.Scenarios.Single();
        output.WriteLine($"## {name}\n");
        output.WriteLine($"{description}\n");
        output.WriteLine($"{ReportText.Summary(run)}\n");
        FigureTable.Write(run.Figures, output);
        output.WriteLine("\n<details><summary>This run</summary>\n");
        WriteFacts(machine.FactsOf(run), output);
        output.WriteLine("\n</details>\n");
    }

    private static void WriteFacts(IEnumerable<KeyValuePair<string, string>> facts, TextWriter output) =>
        MarkdownTable.Write(output, ["what", "how it was"], facts.Select(string[] (fact) => [fact.Key, fact.Value]));
}
