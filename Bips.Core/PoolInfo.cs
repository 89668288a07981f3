using Bips.Memory;

namespace Bips;

/// <summary>What a pool is: read from the pool itself, so that a consumer needs to know nothing but the name.</summary>
/// <param name="Name">Name of the pool.</param>
/// <param name="Id">Random identity: another pool under the same name has another one.</param>
/// <param name="Format">What the frames are, as a media type with parameters.</param>
/// <param name="BufferCount">Number of buffers.</param>
/// <param name="BufferSize">Largest payload in bytes.</param>
/// <param name="MetadataSize">Bytes of user metadata per frame.</param>
/// <param name="History">Number of newest frames that a late joiner gets.</param>
/// <param name="WriteLeases">How many buffers the producer may hold at once.</param>
/// <param name="MaximumConsumers">How many consumers may be attached at once.</param>
public sealed record PoolInfo(string Name, UInt128 Id, string Format, int BufferCount, int BufferSize, int MetadataSize,
    int History, int WriteLeases, int MaximumConsumers)
{
    internal static PoolInfo Of(PoolMemory pool) => new(pool.Place.Name, pool.PoolId, pool.Geometry.Format,
        pool.Geometry.BufferCount, pool.Geometry.BufferSize, pool.Geometry.MetadataSize, pool.Geometry.History,
        pool.Geometry.WriteLeases, pool.Geometry.LaneCount);
}
