namespace Bips.Waiting;

/// <summary>Why an enumeration of frames ended before the end of the stream.</summary>
internal static class StreamErrors
{
    public static BipsException Ended(PullStatus status, string pool) => status switch
    {
        PullStatus.ProducerLost => new(BipsError.ProducerLost,
            $"The producer of pool '{pool}' died, and no other has taken over. Every frame that it had published was " +
            "delivered; enumerate again to wait for a successor, or set ProducerGrace to wait for one longer."),
        PullStatus.PoolReplaced => new(BipsError.PoolReplaced,
            $"Another producer made a new pool under the name '{pool}'. Open it again."),
        PullStatus.Evicted => new(BipsError.Evicted,
            $"The producer of pool '{pool}' evicted this consumer because it stalled or its lane was broken. Open " +
            "the pool again, and give frames back sooner or use an overflow policy that may lose some."),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "This status does not end a stream of " +
            "frames."),
    };
}
