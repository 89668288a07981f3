namespace Bips.Cli.Demonstration;

/// <summary>What the source is, found without the pool.</summary>
internal sealed record DecodedVideo(string Sha256, long Bytes);
