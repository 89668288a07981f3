namespace Bips.Memory;

/// <summary>What the memory of a new pool is made of, and who may use it.</summary>
/// <param name="Access">Owner, group and mode of the pool's objects.</param>
/// <param name="HugePages">Whether it is an error if the kernel cannot back the buffers with huge pages.</param>
/// <param name="LockMemory">Whether the pool is never to be swapped out.</param>
internal readonly record struct PoolBacking(PoolAccess Access, bool HugePages, bool LockMemory);
