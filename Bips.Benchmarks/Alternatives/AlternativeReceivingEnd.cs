using Bips.Benchmarks.Ends;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Receives one line a frame by something else than a pool.</summary>
internal readonly struct AlternativeReceivingEnd(IFrameReceiver receiver) : IReceivingEnd
{
    public ulong Receive() => PayloadWork.ReadLine(receiver.Receive());

    public void Finish() => receiver.Release();
}
