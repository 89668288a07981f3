using Bips.Benchmarks.Ends;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Sends a stream by something else than a pool.</summary>
internal readonly struct AlternativeSource(IFrameSender sender, int frameSize) : IStreamSource
{
    /// <summary>Length of what stands for the end of a stream; no frame is that short.</summary>
    public const int EndLength = 1;

    public void Next(Touch touch, ulong number)
    {
        PayloadWork.Write(touch, sender.Frame(frameSize), number);
        sender.Send(frameSize);
    }

    /// <summary>Ends the stream.</summary>
    public void End()
    {
        sender.Frame(EndLength)[0] = 0;
        sender.Send(EndLength);
    }
}
