using System.Runtime.CompilerServices;
using Bips.Signaler;

namespace Bips;

/// <summary>
/// Lets one thread at a time use an object and another one close it meanwhile: the user pays two stores and a load, the closer a fence in
/// all threads.
/// </summary>
internal struct UseGate
{
    private const byte Parked = 2;

    /// <summary>
    /// 1 between <see cref="TryEnter"/> and <see cref="Exit"/>, 2 from <see cref="Park"/> on; whoever is inside writes.
    /// </summary>
    private byte _inside;

    /// <summary>1 from <see cref="Close"/> on; the closer writes.</summary>
    private byte _closed;

    public readonly bool IsClosed => Ordering.LoadAcquire(in _closed) != 0;

    public readonly bool IsInUse => Ordering.LoadAcquire(in _inside) != 0;

    /// <summary>Whether the one inside waits without a thread.</summary>
    public readonly bool IsParked
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ordering.LoadAcquire(in _inside) == Parked;
    }

    /// <returns>False when the gate is closed; then there is nothing to exit.</returns>
    /// <exception cref="InvalidOperationException">
    /// Another thread is inside. Found out as a rule and not for certain: two that enter in the same instant are not told.
    /// </exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnter()
    {
        if (_inside != 0)
        {
            ThrowOverlap();
        }

        Ordering.StoreRelease(ref _inside, 1); // sync: gate - the closer's process-wide fence stands for a fence here
        if (!IsClosed)
        {
            return true;
        }

        Exit();
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => Ordering.StoreRelease(ref _inside, 0);

    /// <summary>The one inside leaves its place to whoever waits for it.</summary>
    public void Park() => Ordering.StoreRelease(ref _inside, Parked);

    /// <summary>From now on nobody enters; who is inside sees <see cref="IsClosed"/>.</summary>
    /// <returns>False when it was closed before.</returns>
    public bool Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return false;
        }

        Ordering.ProcessWideFence(); // sync: gate
        return true;
    }

    private static void ThrowOverlap() => throw new InvalidOperationException(
        "Another thread is inside a call of this object, or an asynchronous pull of it is pending. A producer or consumer is used by one thread at a time; open one " +
        "consumer per thread, or hand frames to other threads.");
}
