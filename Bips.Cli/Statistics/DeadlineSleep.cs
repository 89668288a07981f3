using Bips.Signaler;

namespace Bips.Cli.Statistics;

/// <summary>Sleeps until an instant on the monotonic clock, as exactly as the kernel can, or until cancelled.</summary>
internal sealed class DeadlineSleep : IDisposable
{
    private readonly uint[] _word = GC.AllocateArray<uint>(1, pinned: true);
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;

    public DeadlineSleep(CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _registration = cancellation.UnsafeRegister(static self => ((DeadlineSleep)self!).Wake(), this);
    }

    /// <param name="nanoseconds">The instant on <see cref="MonotonicClock"/>.</param>
    /// <exception cref="OperationCanceledException">Cancelled before or during the sleep.</exception>
    public void Until(long nanoseconds)
    {
        while (true)
        {
            _cancellation.ThrowIfCancellationRequested();
            long left = nanoseconds - MonotonicClock.Nanoseconds;
            if (left <= 0)
            {
                return;
            }

            // Rounded up: a sleep never ends early.
            Futex.Wait(in _word[0], expected: 0,
                Deadline.After(TimeSpan.FromTicks((left / TimeSpan.NanosecondsPerTick) + 1)));
        }
    }

    public void Dispose() => _registration.Dispose();

    private void Wake()
    {
        Ordering.StoreRelease(ref _word[0], 1);
        Futex.Wake(in _word[0]);
    }
}
