namespace Bips.Cli.Video;

/// <summary>Writes frames to a stream, straight from where they are.</summary>
internal interface IFrameWriter
{
    /// <exception cref="ToolException">The frame does not fit the format, or the stream takes no more.</exception>
    void Write(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> metadata);
}
