namespace Bips.Layout;

/// <summary>A copy of the counters of a pool, read one after the other.</summary>
/// <param name="Epoch">Producers so far.</param>
/// <param name="Published">Sequence of the newest frame.</param>
/// <param name="Waits">Pulls that found no free buffer and waited.</param>
/// <param name="Reaped">Lanes taken back from dead consumers.</param>
/// <param name="EvictedStalled">Consumers evicted because they stalled.</param>
/// <param name="EvictedBroken">Consumers evicted because their lane held an impossible value.</param>
internal readonly record struct ProducerCounts(
    uint Epoch, ulong Published, ulong Waits, ulong Reaped, ulong EvictedStalled, ulong EvictedBroken);
