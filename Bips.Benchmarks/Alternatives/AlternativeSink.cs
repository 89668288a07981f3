using Bips.Benchmarks.Ends;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Receives a stream by something else than a pool.</summary>
internal readonly struct AlternativeSink(IFrameReceiver receiver) : IStreamSink
{
    public bool Next(Touch touch)
    {
        ReadOnlySpan<byte> frame = receiver.Receive();
        bool isFrame = frame.Length != AlternativeSource.EndLength;
        if (isFrame)
        {
            PayloadWork.Read(touch, frame);
        }

        receiver.Release();
        return isFrame;
    }
}
