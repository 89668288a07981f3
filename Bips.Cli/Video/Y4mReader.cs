namespace Bips.Cli.Video;

/// <summary>
/// Reads a YUV4MPEG2 stream. It reads the short text lines byte by byte, so that every byte of payload goes directly
/// into the caller's memory.
/// </summary>
/// <remarks>
/// A frame's metadata is the text between the word <c>FRAME</c> and its line feed, usually none, padded with zeros.
/// </remarks>
internal sealed class Y4mReader : IFrameReader
{
    /// <summary>Longest parameters of one frame: what a pool's metadata can hold.</summary>
    public const int MaximumParameters = 256;

    private readonly Stream _stream;
    private readonly string _source;
    private readonly byte[] _parameters = new byte[MaximumParameters];
    private readonly long _firstFrame;
    private int _parametersLength;

    /// <summary>Bytes read so far, to say where something is wrong.</summary>
    private long _offset;

    /// <summary>Frames begun since the start of the stream.</summary>
    private long _frames;

    /// <summary>Reads the header.</summary>
    /// <param name="stream">Positioned at the header; unbuffered if nothing is to be copied.</param>
    /// <param name="source">What to call it in messages.</param>
    /// <exception cref="ToolException"><see cref="ExitCode.BadInput"/>.</exception>
    public Y4mReader(Stream stream, string source)
    {
        _stream = stream;
        _source = source;
        Header = Y4mHeader.Parse(ReadHeaderLine(), source);
        Format = Header.ToMediaType();
        if (stream.CanSeek)
        {
            _firstFrame = stream.Position;
            CheckLength(stream.Length - _firstFrame);
        }
    }

    public Y4mHeader Header { get; }

    /// <inheritdoc/>
    public string Format { get; }

    /// <inheritdoc/>
    public int FrameSize => Header.FrameSize;

    /// <inheritdoc/>
    public int MetadataSize => MaximumParameters;

    private static ReadOnlySpan<byte> FrameWord => "FRAME"u8;

    /// <inheritdoc/>
    public bool TryBegin()
    {
        Span<byte> start = stackalloc byte[FrameWord.Length + 1];
        int count = Read(start);
        if (count == 0)
        {
            return _frames > 0
                ? false
                : throw ToolException.BadInput($"There is a Y4M header in {_source} and no frame: {Header}.");
        }

        if (!start[..Math.Min(count, FrameWord.Length)].SequenceEqual(FrameWord[..Math.Min(count, FrameWord.Length)]))
        {
            throw NoFrameWord();
        }

        if (count < start.Length)
        {
            throw ToolException.BadInput(
                $"The Y4M stream in {_source} is truncated: it ends in the line before frame {_frames + 1}.");
        }

        ReadParameters(start[^1]);
        _frames++;
        return true;
    }

    /// <inheritdoc/>
    public bool TryFill(Span<byte> payload, Span<byte> metadata)
    {
        int count = Read(payload[..FrameSize]);
        if (count < FrameSize)
        {
            throw ToolException.BadInput(
                $"The Y4M stream in {_source} is truncated: it ends in frame {_frames} after {count} of the " +
                $"{FrameSize} bytes that its header asks for ({Header}).");
        }

        _parameters.AsSpan(0, _parametersLength).CopyTo(metadata);
        return true;
    }

    /// <inheritdoc/>
    public void Rewind()
    {
        _stream.Seek(_firstFrame, SeekOrigin.Begin);
        _offset = Header.Line.Length + 1;
        _frames = 0;
    }

    private ReadOnlySpan<byte> ReadHeaderLine()
    {
        byte[] line = new byte[Y4mHeader.MaximumLength];
        int length = Read(line.AsSpan(0, Y4mHeader.Magic.Length));
        if (length == 0)
        {
            throw ToolException.BadInput($"There is nothing in {_source}: no Y4M header and no frame.");
        }

        if (!line.AsSpan(0, length).SequenceEqual(Y4mHeader.Magic))
        {
            throw ToolException.BadInput(
                $"What is in {_source} does not start with 'YUV4MPEG2 ': it is not Y4M. Have it made with " +
                "ffmpeg -f yuv4mpegpipe, or give --frame-size for raw frames.");
        }

        for (; length < line.Length; length++)
        {
            if (Read(line.AsSpan(length, 1)) == 0)
            {
                throw ToolException.BadInput($"The Y4M stream in {_source} is truncated: it ends in its header.");
            }

            if (line[length] == '\n')
            {
                return line.AsSpan(0, length);
            }
        }

        throw ToolException.BadInput($"The Y4M header of {_source} has more than {Y4mHeader.MaximumLength} bytes.");
    }

    /// <summary>Refuses a file without a whole frame before a pool is made for it.</summary>
    private void CheckLength(long rest)
    {
        long least = FrameWord.Length + 1 + (long)FrameSize;
        if (rest > 0 && rest < least)
        {
            throw ToolException.BadInput(
                $"The Y4M stream in {_source} is truncated: {rest} bytes follow its header, which asks for at least " +
                $"{least} for one frame ({Header}).");
        }
    }

    private void ReadParameters(byte first)
    {
        _parametersLength = 0;
        for (byte next = first; next != '\n';)
        {
            if (_parametersLength == 0 && next != ' ')
            {
                throw NoFrameWord();
            }

            if (_parametersLength == _parameters.Length || next == 0)
            {
                throw ToolException.BadInput(
                    $"The line before frame {_frames + 1} in {_source} has a zero byte or more than " +
                    $"{MaximumParameters} bytes of parameters, which a pool's metadata cannot hold.");
            }

            _parameters[_parametersLength++] = next;
            if (Read(new Span<byte>(ref next)) == 0)
            {
                throw ToolException.BadInput(
                    $"The Y4M stream in {_source} is truncated: it ends in the line before frame {_frames + 1}.");
            }
        }
    }

    private ToolException NoFrameWord() => ToolException.BadInput(
        $"There is no 'FRAME' where frame {_frames + 1} should start in {_source} (shortly before byte {_offset}). " +
        $"Its header says {Header.Width}x{Header.Height}, {FrameSize} bytes a frame, which the data contradicts " +
        $"({Header}).");

    /// <summary>Reads until the span is full or the input ends.</summary>
    private int Read(Span<byte> span)
    {
        int count = _stream.ReadAtLeast(span, span.Length, throwOnEndOfStream: false);
        _offset += count;
        return count;
    }
}
