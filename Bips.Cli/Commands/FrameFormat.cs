namespace Bips.Cli.Commands;

/// <summary>How received frames are written.</summary>
internal enum FrameFormat
{
    /// <summary>With the header and the frame lines of the stream that was sent.</summary>
    Y4m,

    /// <summary>Payload only.</summary>
    Raw,
}
