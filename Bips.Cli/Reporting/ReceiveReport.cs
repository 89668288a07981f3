using System.Globalization;

namespace Bips.Cli.Reporting;

/// <summary>What <c>bips receive</c> has done.</summary>
internal sealed record ReceiveReport : JobReport
{
    public required string Overflow { get; init; }

    public long Frames { get; init; }

    /// <summary>Frames published since the attach that this consumer did not get.</summary>
    public long Lost { get; init; }

    public long Bytes { get; init; }

    /// <summary>From the first frame to the last.</summary>
    public double Seconds { get; init; }

    public double FramesPerSecond { get; init; }

    /// <summary>
    /// Median of the microseconds from a frame's timestamp to the return of the pull that got it.
    /// </summary>
    public double LatencyP50Microseconds { get; init; }

    /// <summary>As above: 99 of 100 were not above.</summary>
    public double LatencyP99Microseconds { get; init; }

    /// <summary>Sequences of the first frame and of the last; zero for none.</summary>
    public long FirstSequence { get; init; }

    public long LastSequence { get; init; }

    /// <summary>The pool's format; null before there was a pool.</summary>
    public string? Format { get; init; }

    /// <summary>SHA-256 of all payload, in hexadecimal, when asked for.</summary>
    public string? Sha256 { get; init; }

    /// <inheritdoc/>
    public override bool IsEmpty() => Format is null;

    /// <inheritdoc/>
    public override string ToProgressLine() => string.Create(CultureInfo.InvariantCulture,
        $"received {Frames} frames, lost {Lost}, {FramesPerSecond:0.0} fps, {Amounts.Bytes(Bytes)}, latency p50 " +
        $"{Amounts.Microseconds(LatencyP50Microseconds)}");

    /// <inheritdoc/>
    public override string ToSummary()
    {
        string p50 = Amounts.Microseconds(LatencyP50Microseconds);
        string p99 = Amounts.Microseconds(LatencyP99Microseconds);
        string summary = string.Create(CultureInfo.InvariantCulture,
            $"""
            received  {Frames} frames
            lost      {Lost} frames
            bytes     {Bytes}
            rate      {FramesPerSecond:0.0} fps over {Seconds:0.00} s
            latency   p50 {p50}, p99 {p99}
            """);
        return Sha256 is null ? summary : $"{summary}\nsha256    {Sha256}";
    }
}
