namespace Bips.Cli.Video;

/// <summary>Reads frames that follow each other without anything in between.</summary>
internal sealed class RawReader : IFrameReader
{
    public const string DefaultFormat = "application/octet-stream";
    private readonly Stream _stream;
    private readonly string _source;
    private readonly long _firstFrame;
    private long _frames;

    public RawReader(Stream stream, string source, int frameSize, string? format)
    {
        _stream = stream;
        _source = source;
        FrameSize = frameSize;
        Format = format ?? DefaultFormat;
        if (stream.CanSeek)
        {
            _firstFrame = stream.Position;
        }
    }

    /// <inheritdoc/>
    public string Format { get; }

    /// <inheritdoc/>
    public int FrameSize { get; }

    /// <inheritdoc/>
    public int MetadataSize => 0;

    /// <inheritdoc/>
    public bool TryBegin() => true;

    /// <inheritdoc/>
    public bool TryFill(Span<byte> payload, Span<byte> metadata)
    {
        int count = _stream.ReadAtLeast(payload[..FrameSize], FrameSize, throwOnEndOfStream: false);
        if (count == FrameSize)
        {
            _frames++;
            return true;
        }

        if (count > 0)
        {
            throw ToolException.BadInput(
                $"The raw frames in {_source} are truncated: the input ends in frame {_frames + 1} after {count} of " +
                $"{FrameSize} bytes.");
        }

        return _frames > 0
            ? false
            : throw ToolException.BadInput($"There is nothing in {_source}: no frame of {FrameSize} bytes.");
    }

    /// <inheritdoc/>
    public void Rewind()
    {
        _stream.Seek(_firstFrame, SeekOrigin.Begin);
        _frames = 0;
    }
}
