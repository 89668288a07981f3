using System.Buffers;
using Bips.Memory;

namespace Bips.Leases;

/// <summary>
/// One buffer of a pool as a <see cref="Memory{T}"/>, which is there while this process has a lease on it.
/// </summary>
/// <param name="payload">The buffers.</param>
/// <param name="table">The leases without which there is nothing to read or write.</param>
/// <param name="owner">What must not be collected as long as somebody has such a memory.</param>
/// <param name="index">The buffer.</param>
internal sealed unsafe class BufferMemory(Payload payload, LeaseTable table, object owner, int index)
    : MemoryManager<byte>
{
    /// <summary>Kept alive by every memory of this buffer.</summary>
    public object Owner => owner;

    /// <summary>The buffer's first bytes.</summary>
    public Memory<byte> First(int length) => CreateMemory(length);

    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public override Span<byte> GetSpan()
    {
        ThrowIfEnded();
        return payload.Buffer(index, payload.BufferSize);
    }

    /// <summary>Keeps the buffer mapped, but no longer leased than it is.</summary>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            (uint)elementIndex, (uint)payload.BufferSize, nameof(elementIndex));
        ThrowIfEnded();
        payload.Pin();
        return new MemoryHandle(payload.Address(index) + elementIndex, pinnable: this);
    }

    public override void Unpin() => payload.Unpin();

    protected override void Dispose(bool disposing)
    {
        // The pool owns the memory.
    }

    private void ThrowIfEnded()
    {
        if (!table.IsAnyOpen(index))
        {
            throw LeaseErrors.Ended();
        }
    }
}
