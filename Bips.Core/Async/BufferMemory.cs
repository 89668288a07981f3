using System.Buffers;
using Bips.Memory;

namespace Bips.Async;

/// <summary>One buffer of a pool as a <see cref="Memory{T}"/>, which is there while this process has a lease on it.</summary>
internal sealed unsafe class BufferMemory(PoolMemory pool, LeaseTable leases, int index) : MemoryManager<byte>
{
    /// <summary>The buffer's first bytes.</summary>
    public Memory<byte> First(int length) => CreateMemory(length);

    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public override Span<byte> GetSpan()
    {
        ThrowIfEnded();
        return new Span<byte>(pool.Buffer(index), pool.Geometry.BufferSize);
    }

    /// <summary>Keeps the buffer mapped, but no longer leased than it is.</summary>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)pool.Geometry.BufferSize, nameof(elementIndex));
        ThrowIfEnded();
        pool.Pin();
        return new MemoryHandle(pool.Buffer(index) + elementIndex, pinnable: this);
    }

    public override void Unpin() => pool.Unpin();

    protected override void Dispose(bool disposing)
    {
        // The pool owns the memory.
    }

    private void ThrowIfEnded()
    {
        if (!leases.IsAnyOpen(index))
        {
            throw LeaseErrors.Ended();
        }
    }
}
