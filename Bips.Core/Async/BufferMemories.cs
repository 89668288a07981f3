using Bips.Memory;

namespace Bips.Async;

/// <summary>Every buffer of an attached pool as a <see cref="Memory{T}"/>; made when the first is asked for.</summary>
internal sealed class BufferMemories(PoolMemory pool, LeaseTable leases)
{
    private BufferMemory[]? _all;

    public Memory<byte> Of(int index, int length) => (_all ?? Make())[index].First(length);

    private BufferMemory[] Make()
    {
        var made = new BufferMemory[pool.Geometry.BufferCount];
        for (int i = 0; i < made.Length; i++)
        {
            made[i] = new BufferMemory(pool, leases, i);
        }

        return Interlocked.CompareExchange(ref _all, made, null) ?? made;
    }
}
