namespace Bips;

/// <summary>How long each lane has kept the producer waiting without moving.</summary>
internal sealed class StallClock(int laneCount, TimeSpan? limit)
{
    private readonly (ulong Incarnation, ulong Cursor, long Since)[] _lanes = new (ulong, ulong, long)[laneCount];

    public bool IsEnabled => limit is not null;

    /// <summary>Takes note that the producer waits for a lane.</summary>
    /// <param name="lane">Number of the lane.</param>
    /// <param name="incarnation">Its use.</param>
    /// <param name="cursor">Where it stands.</param>
    /// <param name="now">Nanoseconds on the monotonic clock.</param>
    /// <param name="still">How long it has stood there since the producer first had to wait for it.</param>
    /// <returns>Whether that is longer than the limit.</returns>
    public bool HasStalled(int lane, ulong incarnation, ulong cursor, long now, out TimeSpan still)
    {
        ref var seen = ref _lanes[lane];
        if (seen.Incarnation != incarnation || seen.Cursor != cursor)
        {
            seen = (incarnation, cursor, now);
        }

        still = TimeSpan.FromTicks((now - seen.Since) / TimeSpan.NanosecondsPerTick);
        return still >= limit;
    }

    /// <summary>Takes note that the producer does not wait for a lane.</summary>
    public void Forget(int lane) => _lanes[lane] = default;
}
