namespace Bips.Signaler;

/// <summary>The instant at which a wait gives up, on the monotonic clock.</summary>
public readonly record struct Deadline
{
    /// <summary>Nanoseconds on <see cref="MonotonicClock"/>; zero is always past, the maximum never comes.</summary>
    public long Nanoseconds { get; private init; }

    /// <summary>A wait with this deadline looks once and does not wait.</summary>
    public static Deadline Immediate => default;

    /// <summary>A wait with this deadline never times out.</summary>
    public static Deadline Never => new() { Nanoseconds = long.MaxValue };

    /// <summary>Whether this deadline never comes.</summary>
    public bool IsNever => Nanoseconds == long.MaxValue;

    /// <summary>Whether waiting is pointless; false before the time has come, so that no wait ends early.</summary>
    public bool HasPassed => !IsNever && (Nanoseconds == 0 || MonotonicClock.Nanoseconds >= Nanoseconds);

    /// <summary>The deadline that lies <paramref name="timeout"/> from now.</summary>
    /// <param name="timeout">
    /// Zero for <see cref="Immediate"/>, <see cref="Timeout.InfiniteTimeSpan"/> for <see cref="Never"/>; a time beyond
    /// the range of the clock also means never.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">Negative and not infinite.</exception>
    public static Deadline After(TimeSpan timeout)
    {
        if (timeout == TimeSpan.Zero)
        {
            return Immediate;
        }

        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return Never;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        long now = MonotonicClock.Nanoseconds;
        long limit = (long.MaxValue - now) / TimeSpan.NanosecondsPerTick;
        return timeout.Ticks >= limit
            ? Never
            : new() { Nanoseconds = now + (timeout.Ticks * TimeSpan.NanosecondsPerTick) };
    }

    /// <summary>The deadline at a time on <see cref="MonotonicClock"/>.</summary>
    internal static Deadline At(long nanoseconds) => new() { Nanoseconds = nanoseconds };

    /// <summary>Whichever of the two comes first.</summary>
    public static Deadline Earlier(Deadline one, Deadline other) => one.Nanoseconds <= other.Nanoseconds ? one : other;
}
