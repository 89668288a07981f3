using System.Globalization;
using Bips.Cli.Reporting;
using Bips.Signaler;

namespace Bips.Cli.Demonstration;

/// <summary>For logs and pipes: a line a second.</summary>
internal sealed class LineDisplay(Reporter reporter) : IDemoDisplay
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);
    private Deadline _next;

    /// <inheritdoc/>
    public void Show(Action<Action<IReadOnlyList<DemoRow>>> work) => work(rows =>
    {
        if (_next.HasPassed)
        {
            _next = Deadline.After(s_period);
            reporter.Note(string.Join(" | ", rows.Select(Describe)));
        }
    });

    private static string Describe(DemoRow row)
    {
        string common = row.Frames is null
            ? row.Name
            : string.Create(CultureInfo.InvariantCulture,
                $"{row.Name} {row.Frames} frames, {row.FramesPerSecond:0.0} fps");
        string reading = row.Lag is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture,
                $", lag {row.Lag}, lost {row.Lost}, p50 {Amounts.Microseconds(row.LatencyP50Microseconds ?? 0)}");
        return string.Create(CultureInfo.InvariantCulture, $"{common}{reading}, CPU {row.Processor:0 %}");
    }
}
