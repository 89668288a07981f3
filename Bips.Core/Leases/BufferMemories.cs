using Bips.Memory;

namespace Bips.Leases;

/// <summary>Every buffer of an attached pool as a <see cref="Memory{T}"/>; made when the first is asked for.</summary>
/// <param name="payload">The buffers.</param>
/// <param name="table">The leases without which there is nothing to read or write.</param>
/// <param name="owner">
/// What must not be collected as long as somebody has such a memory: with it go the lane and its lock.
/// </param>
internal sealed class BufferMemories(Payload payload, LeaseTable table, object owner)
{
    private BufferMemory[]? _all;

    public Memory<byte> Of(int index, int length) => (_all ?? Make())[index].First(length);

    private BufferMemory[] Make()
    {
        var made = new BufferMemory[payload.BufferCount];
        for (int i = 0; i < made.Length; i++)
        {
            made[i] = new BufferMemory(payload, table, owner, i);
        }

        return Interlocked.CompareExchange(ref _all, made, null) ?? made;
    }
}
