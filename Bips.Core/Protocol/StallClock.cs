namespace Bips.Protocol;

/// <summary>How long each lane has kept the producer waiting without moving.</summary>
internal sealed class StallClock(int laneCount, TimeSpan? limit)
{
    /// <summary>The furthest place of each lane that the producer waits for, and since when.</summary>
    private readonly (ulong Incarnation, ulong Cursor, ulong Published, long Since)[] _lanes =
        new (ulong, ulong, ulong, long)[laneCount];

    public bool IsEnabled => limit is not null;

    /// <summary>Takes note that the producer waits for a lane.</summary>
    /// <remarks>
    /// Only the way forward counts as a move. A new incarnation starts anew, but not while nothing is published: a
    /// joiner begins at the newest frames, so a lane that is in the way then is the same one under another number.
    /// </remarks>
    /// <param name="lane">Number of the lane.</param>
    /// <param name="incarnation">Its use.</param>
    /// <param name="cursor">Where it stands.</param>
    /// <param name="published">The newest frame.</param>
    /// <param name="now">Nanoseconds on the monotonic clock.</param>
    /// <param name="still">How long it has stood there since the producer first had to wait for it.</param>
    /// <returns>Whether that is longer than the limit.</returns>
    public bool HasStalled(int lane, ulong incarnation, ulong cursor, ulong published, long now, out TimeSpan still)
    {
        ref var seen = ref _lanes[lane];
        bool isAnother = seen.Incarnation != incarnation && seen.Published != published;
        if (isAnother || cursor > seen.Cursor)
        {
            seen = (incarnation, cursor, published, now);
        }

        still = TimeSpan.FromTicks((now - seen.Since) / TimeSpan.NanosecondsPerTick);
        return still >= limit;
    }

    /// <summary>Takes note that the producer does not wait for a lane.</summary>
    public void Forget(int lane) => _lanes[lane] = default;
}
