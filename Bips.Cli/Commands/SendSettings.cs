namespace Bips.Cli.Commands;

/// <summary>What <c>bips send</c> was asked for.</summary>
internal sealed record SendSettings
{
    public required string Pool { get; init; }

    /// <summary>A file, or <c>-</c> for the standard input.</summary>
    public required string Input { get; init; }

    /// <summary>Bytes of each raw frame; null for Y4M.</summary>
    public int? FrameSize { get; init; }

    /// <summary>The pool's format for raw frames.</summary>
    public string? Format { get; init; }

    public required int Buffers { get; init; }

    public required int History { get; init; }

    /// <summary>Frames per second; null for as many as input and consumers allow.</summary>
    public double? Rate { get; init; }

    public bool Loop { get; init; }

    /// <summary>How many frames to send at most; null for all.</summary>
    public long? Count { get; init; }

    public int WaitConsumers { get; init; }

    /// <summary>How long to wait for a free buffer; null for as long as it takes.</summary>
    public TimeSpan? BlockTimeout { get; init; }
}
