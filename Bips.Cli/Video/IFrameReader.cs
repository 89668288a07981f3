namespace Bips.Cli.Video;

/// <summary>Reads frames of one size from a stream, straight into memory that the caller gives.</summary>
internal interface IFrameReader
{
    /// <summary>What the frames are, as a pool's format.</summary>
    string Format { get; }

    /// <summary>Bytes of each frame.</summary>
    int FrameSize { get; }

    /// <summary>Bytes of metadata that each frame may have.</summary>
    int MetadataSize { get; }

    /// <summary>Reads what precedes a frame's payload; waits for it if the input is a pipe.</summary>
    /// <returns>False at the end of the input. Some readers notice the end only in <see cref="TryFill"/>.</returns>
    /// <exception cref="ToolException"><see cref="ExitCode.BadInput"/>.</exception>
    bool TryBegin();

    /// <summary>Reads the payload of the frame that <see cref="TryBegin"/> began.</summary>
    /// <param name="payload">At least <see cref="FrameSize"/> bytes; as many are filled.</param>
    /// <param name="metadata">Exactly <see cref="MetadataSize"/> bytes, all zero.</param>
    /// <returns>False when there is no frame any more.</returns>
    /// <exception cref="ToolException"><see cref="ExitCode.BadInput"/>.</exception>
    bool TryFill(Span<byte> payload, Span<byte> metadata);

    /// <summary>Goes back to the first frame; the stream must be seekable.</summary>
    void Rewind();
}
