using Bips.Signaler;

namespace Bips.Benchmarks.Harness;

/// <summary>
/// Lets time pass without using a processor. Pauses are part of what is measured; nobody waits for somebody else this
/// way.
/// </summary>
internal static class Idle
{
    public static void For(TimeSpan time)
    {
        uint never = 0;
        if (time > TimeSpan.Zero)
        {
            _ = Futex.Wait(ref never, expected: 0, Deadline.After(time));
        }
    }
}
