using System.Runtime.CompilerServices;
using Bips.Benchmarks.Raw;

namespace Bips.Benchmarks.Ends;

/// <summary>Either end of a raw channel.</summary>
/// <param name="channel">The channel.</param>
/// <param name="wait">How the receiver waits.</param>
internal struct RawEnd(RawChannel channel, RawWait wait) : ISendingEnd, IReceivingEnd
{
    private RawChannel _channel = channel;

    public readonly void Prepare()
    {
        // There is nothing to take.
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Send(ulong value) => _channel.Send(value, wakes: wait == RawWait.Futex);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Receive() => _channel.Receive(wait);

    public readonly void Finish()
    {
        // There is nothing to give back.
    }
}
