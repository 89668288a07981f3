using System.Globalization;

namespace Bips.Cli.Reporting;

/// <summary>One received frame, for <c>--list</c>.</summary>
internal sealed record FrameReport(ReportEvent Event, ulong Sequence, int Bytes, long Timestamp,
    double LatencyMicroseconds, uint Flags)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"frame {Sequence}: {Bytes} bytes, latency {Amounts.Microseconds(LatencyMicroseconds)}");
}
