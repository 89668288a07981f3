using System.Globalization;
using Bips.Cli.Reporting;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Bips.Cli.Demonstration;

/// <summary>For terminals: a table that changes.</summary>
internal sealed class TableDisplay(IAnsiConsole console) : IDemoDisplay
{
    /// <inheritdoc/>
    public void Show(Action<Action<IReadOnlyList<DemoRow>>> work) =>
        console.Live(Draw([])).Start(context => work(rows => context.UpdateTarget(Draw(rows))));

    public static Table Draw(IReadOnlyList<DemoRow> rows)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("process").AddColumn("pid");
        foreach (string heading in (string[])["frames", "fps", "p50", "p99", "lag", "lost", "CPU"])
        {
            table.AddColumn(heading, static column => column.RightAligned());
        }

        foreach (DemoRow row in rows)
        {
            table.AddRow(Cells(row));
        }

        return table;
    }

    private static IEnumerable<IRenderable> Cells(DemoRow row) => new[]
    {
        row.Name,
        row.ProcessId.ToString(CultureInfo.InvariantCulture),
        row.Frames?.ToString(CultureInfo.InvariantCulture) ?? "",
        row.FramesPerSecond?.ToString("0.0", CultureInfo.InvariantCulture) ?? "",
        row.LatencyP50Microseconds is { } p50 ? Amounts.Microseconds(p50) : "",
        row.LatencyP99Microseconds is { } p99 ? Amounts.Microseconds(p99) : "",
        row.Lag?.ToString(CultureInfo.InvariantCulture) ?? "",
        row.Lost?.ToString(CultureInfo.InvariantCulture) ?? "",
        row.Processor.ToString("0 %", CultureInfo.InvariantCulture),
    }.Select(static text => new Text(text));
}
