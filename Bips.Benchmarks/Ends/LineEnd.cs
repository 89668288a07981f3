using System.Runtime.CompilerServices;
using Bips.Signaler;

namespace Bips.Benchmarks.Ends;

/// <summary>
/// Either end of the smallest exchange: one word is the message, and its change says that the message has come.
/// </summary>
/// <param name="line">A zeroed line; <see cref="Length"/> bytes of shared memory.</param>
internal unsafe struct LineEnd(byte* line) : ISendingEnd, IReceivingEnd
{
    /// <summary>Distance at which the processor does not fetch two lines together; it fetches them in pairs.</summary>
    public const int Length = 128;

    private ulong _last;

    private readonly ref ulong Word => ref *(ulong*)line;

    public readonly void Prepare()
    {
        // There is nothing to take.
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Send(ulong value) => Ordering.StoreRelease(ref Word, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Receive()
    {
        ulong value;
        while ((value = Ordering.LoadAcquire(ref Word)) == _last)
        {
            // The tightest loop there is.
        }

        return _last = value;
    }

    public readonly void Finish()
    {
        // There is nothing to give back.
    }
}
