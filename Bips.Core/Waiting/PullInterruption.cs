using Bips.Signaler;

namespace Bips.Waiting;

/// <summary>Ends a wait of one thread when another cancels it.</summary>
internal sealed class PullInterruption
{
    private readonly Action _wake;
    private uint _requested;
    private uint _waiting;

    /// <summary>Managed id of the thread that waits.</summary>
    private int _waiter;

    /// <param name="wake">Wakes whoever sleeps where the wait sleeps.</param>
    public PullInterruption(Action wake) => _wake = wake;

    public bool IsRequested => Ordering.LoadAcquire(in _requested) != 0;

    /// <summary>
    /// From now until <see cref="End"/> a cancellation ends the wait. Dispose the registration after that.
    /// </summary>
    public CancellationTokenRegistration Begin(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Ordering.StoreRelease(ref _requested, 0);
        CancellationTokenRegistration registration = cancellation.UnsafeRegister(
            static self => ((PullInterruption)self!).Interrupt(), this);
        _waiter = Environment.CurrentManagedThreadId;
        Ordering.StoreRelease(ref _waiting, 1);

        // sync: interrupt - keeps the store above before the waiter's loads of the request.
        Ordering.FullFence();
        return registration;
    }

    public void End() => Ordering.StoreRelease(ref _waiting, 0);

    /// <summary>
    /// Wakes until the wait is over, because a wake may fall between the waiter's last look and its sleep.
    /// </summary>
    private void Interrupt()
    {
        Ordering.StoreRelease(ref _requested, 1);

        // sync: interrupt - keeps the store above before the load of the flag below.
        Ordering.FullFence();
        if (_waiter == Environment.CurrentManagedThreadId)
        {
            // The waiter cancels its own wait, in a callback of the user: it looks when that has returned.
            return;
        }

        var spinner = new SpinWait();
        while (Ordering.LoadAcquire(in _waiting) != 0)
        {
            _wake();
            spinner.SpinOnce();
        }
    }
}
