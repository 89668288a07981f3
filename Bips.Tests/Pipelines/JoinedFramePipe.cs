namespace Bips.Tests.Pipelines;

/// <summary>The adapters at both ends of a pool, as a stream of bytes over the frames.</summary>
public sealed class JoinedFramePipe : FramePipe
{
    protected override bool JoinFrames => true;
}
