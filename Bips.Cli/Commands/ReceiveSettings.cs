namespace Bips.Cli.Commands;

/// <summary>What <c>bips receive</c> was asked for.</summary>
internal sealed record ReceiveSettings
{
    public required string Pool { get; init; }

    /// <summary>A file, <c>-</c> for the standard output, or null when frames are only counted.</summary>
    public string? Output { get; init; }

    /// <summary>
    /// How frames are written; null writes Y4M if the pool's format is that of Y4M, and raw frames otherwise.
    /// </summary>
    public FrameFormat? As { get; init; }

    public OverflowPolicy Overflow { get; init; }

    /// <summary>How many frames already handled to keep leased.</summary>
    public int Hold { get; init; }

    /// <summary>How many frames to receive; null for all.</summary>
    public long? Count { get; init; }

    /// <summary>How many of the frames sent before it attaches it wants; null for all that the pool keeps.</summary>
    public int? History { get; init; }

    /// <summary>How long to wait for a frame, and for the pool; null for as long as it takes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether to wait for a pool that is not there.</summary>
    public bool Wait { get; init; }

    /// <summary>How long to wait for another producer when the pool's died.</summary>
    public TimeSpan ProducerGrace { get; init; }

    public bool Sha256 { get; init; }

    /// <summary>How long to keep each frame before giving it back, to play a slow consumer.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Whether to report every frame.</summary>
    public bool List { get; init; }
}
