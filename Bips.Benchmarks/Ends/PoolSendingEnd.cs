using System.Runtime.CompilerServices;

namespace Bips.Benchmarks.Ends;

/// <summary>A producer that sends one line a frame.</summary>
/// <param name="producer">The producer.</param>
/// <param name="pullsAhead">Whether it takes its buffer before it has something to send, as a camera does.</param>
/// <param name="timestamp">Time to push with; null for the push to read the clock.</param>
internal ref struct PoolSendingEnd(Producer producer, bool pullsAhead, long? timestamp) : ISendingEnd
{
    private WriteLease _lease;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prepare()
    {
        if (pullsAhead)
        {
            producer.Pull(out _lease);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Send(ulong value)
    {
        if (!pullsAhead)
        {
            producer.Pull(out _lease);
        }

        PayloadWork.WriteLine(_lease.Span, value);
        _lease.Push(PayloadWork.LineLength, timestamp: timestamp);
    }
}
