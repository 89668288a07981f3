namespace Bips.Native.Abi;

/// <summary>Time-outs of the C ABI: nanoseconds, negative for ever.</summary>
internal static class Timeouts
{
    /// <summary>Rounds up to a tick, so that no wait ends early.</summary>
    public static TimeSpan ToTimeSpan(long nanoseconds)
    {
        if (nanoseconds <= 0)
        {
            return nanoseconds == 0 ? TimeSpan.Zero : Timeout.InfiniteTimeSpan;
        }

        return new TimeSpan(((nanoseconds - 1) / TimeSpan.NanosecondsPerTick) + 1);
    }
}
