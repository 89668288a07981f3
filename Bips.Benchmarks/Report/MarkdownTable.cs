namespace Bips.Benchmarks.Report;

/// <summary>A table that both a terminal and GitHub show well.</summary>
internal static class MarkdownTable
{
    /// <param name="output">Where to.</param>
    /// <param name="columns">Titles; one that begins with a blank has its column to the right.</param>
    /// <param name="rows">Cells.</param>
    public static void Write(TextWriter output, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        output.WriteLine($"| {string.Join(" | ", columns.Select(column => column.Trim()))} |");
        output.WriteLine(
            $"| {string.Join(" | ", columns.Select(column => column.StartsWith(' ') ? "---:" : "---"))} |");
        foreach (IReadOnlyList<string> row in rows)
        {
            output.WriteLine($"| {string.Join(" | ", row.Select(Escape))} |");
        }
    }

    private static string Escape(string cell) => cell.Replace("|", "\\|", StringComparison.Ordinal);
}
