namespace Bips.Cli.Video;

/// <summary>Writes payloads one after the other.</summary>
internal sealed class RawWriter(Stream stream) : IFrameWriter
{
    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> metadata) => stream.Write(payload);
}
