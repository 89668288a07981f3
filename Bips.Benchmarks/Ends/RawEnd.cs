using System.Runtime.CompilerServices;
using Bips.Benchmarks.Raw;

namespace Bips.Benchmarks.Ends;

/// <summary>Either end of a raw channel.</summary>
/// <param name="channel">The channel.</param>
/// <param name="sleeps">Whether the receiver sleeps, and the sender therefore wakes it.</param>
internal struct RawEnd(RawChannel channel, bool sleeps) : ISendingEnd, IReceivingEnd
{
    private RawChannel _channel = channel;

    public readonly void Prepare()
    {
        // There is nothing to take.
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Send(ulong value) => _channel.Send(value, sleeps);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Receive() => _channel.Receive(sleeps);

    public readonly void Finish()
    {
        // There is nothing to give back.
    }
}
