using System.Runtime.CompilerServices;

namespace Bips.Benchmarks.Ends;

/// <summary>A consumer that reads whole frames.</summary>
internal readonly struct PoolSink(Consumer consumer) : IStreamSink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(Touch touch)
    {
        PullStatus status = consumer.Pull(out ReadLease lease);
        if (status != PullStatus.Success)
        {
            return status == PullStatus.EndOfStream
                ? false
                : throw new InvalidOperationException($"The pull ended with {status} in the middle of a stream.");
        }

        if (touch != Touch.None)
        {
            PayloadWork.Read(touch, lease.Span);
        }

        lease.Push();
        return true;
    }
}
