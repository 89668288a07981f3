using System.Globalization;

namespace Bips.Cli.Reporting;

/// <summary>What <c>bips send</c> has done.</summary>
internal sealed record SendReport : JobReport
{
    public long Frames { get; init; }

    public long Bytes { get; init; }

    /// <summary>From the first push to the last.</summary>
    public double Seconds { get; init; }

    public double FramesPerSecond { get; init; }

    /// <summary>The pool's format; null before there was a pool.</summary>
    public string? Format { get; init; }

    /// <summary>The consumers as the producer last saw them.</summary>
    public IReadOnlyList<ConsumerReport> Consumers { get; init; } = [];

    /// <inheritdoc/>
    public override bool IsEmpty() => Format is null;

    /// <inheritdoc/>
    public override string ToProgressLine() => string.Create(CultureInfo.InvariantCulture,
        $"sent {Frames} frames, {FramesPerSecond:0.0} fps, {Amounts.Bytes(Bytes)}, {Consumers.Count} consumers");

    /// <inheritdoc/>
    public override string ToSummary() => string.Create(CultureInfo.InvariantCulture,
        $"sent {Frames} frames, {Amounts.Bytes(Bytes)}, in {Seconds:0.00} s ({FramesPerSecond:0.0} fps)");
}
