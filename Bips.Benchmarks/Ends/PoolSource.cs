using System.Runtime.CompilerServices;

namespace Bips.Benchmarks.Ends;

/// <summary>A producer that fills whole buffers.</summary>
/// <param name="producer">The producer.</param>
/// <param name="frameSize">Bytes of each frame.</param>
/// <param name="timestamp">Time to push with; null for the push to read the clock.</param>
internal readonly struct PoolSource(Producer producer, int frameSize, long? timestamp) : IStreamSource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next(Touch touch, ulong number)
    {
        producer.Pull(out WriteLease lease);
        if (touch != Touch.None)
        {
            PayloadWork.Write(touch, lease.Span, number);
        }

        lease.Push(frameSize, timestamp: timestamp);
    }
}
