namespace Bips.Cli.Video;

/// <summary>Writes a YUV4MPEG2 stream that has the bytes of the one that was sent.</summary>
internal sealed class Y4mWriter : IFrameWriter
{
    private readonly Stream _stream;
    private readonly Y4mHeader _header;

    /// <summary>Writes the header.</summary>
    public Y4mWriter(Stream stream, Y4mHeader header)
    {
        _stream = stream;
        _header = header;
        stream.Write([.. header.Line, (byte)'\n']);
    }

    private static ReadOnlySpan<byte> FrameWord => "FRAME"u8;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> metadata)
    {
        if (payload.Length != _header.FrameSize)
        {
            throw new ToolException(ExitCode.Failure,
                $"A frame has {payload.Length} bytes and the pool's format asks for {_header.FrameSize} " +
                $"({_header}). Use --as raw.");
        }

        int end = metadata.IndexOf((byte)0);
        ReadOnlySpan<byte> parameters = end < 0 ? metadata : metadata[..end];
        Span<byte> line = stackalloc byte[FrameWord.Length + parameters.Length + 1];
        FrameWord.CopyTo(line);
        parameters.CopyTo(line[FrameWord.Length..]);
        line[^1] = (byte)'\n';
        _stream.Write(line);
        _stream.Write(payload);
    }
}
