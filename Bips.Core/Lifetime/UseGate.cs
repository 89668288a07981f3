using System.Runtime.CompilerServices;
using Bips.Signaler;

namespace Bips.Lifetime;

/// <summary>
/// Lets one thread at a time use an object and another one close it meanwhile.The user pays an exchange, a store and a
/// load, the closer a fence in all threads.
/// </summary>
internal sealed class UseGate
{
    private const byte Parked = 2;

    /// <summary>
    /// 1 between <see cref="TryEnter()"/> and <see cref="Exit()"/>, 2 from <see cref="Park"/> on; whoever is inside
    /// writes.
    /// </summary>
    private byte _inside;

    /// <summary>1 from <see cref="Close"/> on; the closer writes.</summary>
    private byte _closed;

    /// <summary>Whether nobody may enter any more.</summary>
    public bool IsClosed
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ordering.LoadAcquire(in _closed) != 0;
    }

    /// <summary>Whether somebody is inside, with a thread or parked.</summary>
    public bool IsInUse => Ordering.LoadAcquire(in _inside) != 0;

    private bool IsParked
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Ordering.LoadAcquire(in _inside) == Parked;
    }

    /// <returns>False when the gate is closed; then there is nothing to exit.</returns>
    /// <exception cref="InvalidOperationException">Another thread is inside.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnter()
    {
        // sync: gate - the closer's process-wide fence stands for a fence here.
        if (Ordering.CompareExchange(ref _inside, 1, comparand: 0) != 0)
        {
            ThrowOverlap();
        }

        if (!IsClosed)
        {
            return true;
        }

        Exit();
        return false;
    }

    /// <summary>
    /// Enters; while the one inside is parked, which has the gate, takes the lock instead that it is looked at under.
    /// </summary>
    /// <param name="parking">The lock under which a parked one is looked at.</param>
    /// <param name="beside">For <see cref="Exit(Lock)"/>: the lock, if it was taken.</param>
    /// <returns>False when the gate is closed; then there is nothing to exit.</returns>
    /// <exception cref="InvalidOperationException">Another thread is inside.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnter(Lock parking, out Lock? beside)
    {
        beside = IsParked ? EnterBeside(parking) : null;
        return beside is not null || (!IsClosed && TryEnter());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => Ordering.StoreRelease(ref _inside, 0);

    /// <param name="beside">What <see cref="TryEnter(Lock, out Lock)"/> gave.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit(Lock? beside)
    {
        if (beside is null)
        {
            Exit();
        }
        else
        {
            beside.Exit();
        }
    }

    /// <summary>The one inside goes on waiting without a thread.</summary>
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
        "Another thread is inside a call of this object, or an asynchronous pull of it is pending. A producer or " +
        "consumer is used by one thread at a time; open one consumer per thread, or hand frames to other threads.");

    private Lock? EnterBeside(Lock parking)
    {
        parking.Enter();
        if (IsParked && !IsClosed)
        {
            return parking;
        }

        parking.Exit();
        return null;
    }
}
