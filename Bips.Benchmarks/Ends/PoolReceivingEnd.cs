using System.Runtime.CompilerServices;

namespace Bips.Benchmarks.Ends;

/// <summary>A consumer that receives one line a frame.</summary>
/// <param name="consumer">The consumer.</param>
/// <param name="pushesAtOnce">Whether it gives a frame back before it does anything else.</param>
internal ref struct PoolReceivingEnd(Consumer consumer, bool pushesAtOnce) : IReceivingEnd
{
    private ReadLease _lease;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Receive()
    {
        PullStatus status = consumer.Pull(out _lease);
        if (status != PullStatus.Success)
        {
            throw new InvalidOperationException(
                $"The pull ended with {status} instead of a frame: the sender is gone.");
        }

        ulong value = PayloadWork.ReadLine(_lease.Span);
        if (pushesAtOnce)
        {
            _lease.Push();
        }

        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish()
    {
        if (!pushesAtOnce)
        {
            _lease.Push();
        }
    }
}
