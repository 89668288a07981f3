using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Bips.Layout;

namespace Bips.Memory;

/// <summary>The buffers of a pool and the metadata beside each, in host memory.</summary>
/// <remarks>
/// The protocol moves buffers by their number and never looks inside. What a buffer is made of is known here alone.
/// Everything is valid until the <see cref="PoolMemory"/> is disposed or the last <see cref="Pin"/> ends.
/// </remarks>
internal sealed unsafe class Payload
{
    private readonly Mapping _mapping;
    private readonly byte* _buffers;
    private readonly byte* _metadata;
    private readonly long _bufferStride;
    private readonly long _metadataStride;

    /// <param name="mapping">Of the whole pool object, read-only for a consumer.</param>
    /// <param name="geometry">The pool's sizes, checked.</param>
    public Payload(Mapping mapping, PoolGeometry geometry)
    {
        _mapping = mapping;
        _buffers = mapping.Address + geometry.BuffersOffset;
        _metadata = mapping.Address + geometry.MetadataOffset;
        _bufferStride = geometry.BufferStride;
        _metadataStride = geometry.MetadataStride;
        BufferSize = geometry.BufferSize;
        MetadataSize = geometry.MetadataSize;
        BufferCount = geometry.BufferCount;
    }

    /// <summary>Number of buffers.</summary>
    public int BufferCount { get; }

    /// <summary>Usable bytes of each buffer.</summary>
    public int BufferSize { get; }

    /// <summary>Bytes of user metadata of each buffer.</summary>
    public int MetadataSize { get; }

    /// <summary>The first bytes of a buffer.</summary>
    /// <param name="index">Checked by the caller.</param>
    /// <param name="length">At most <see cref="BufferSize"/>, checked by the caller.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Buffer(int index, int length) => new(Address(index), length);

    /// <summary>A buffer's user metadata.</summary>
    /// <param name="index">Checked by the caller.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Metadata(int index) => new(_metadata + (index * _metadataStride), MetadataSize);

    /// <summary>Asks for the first cache line of a buffer that is about to be read: a hint that cannot fail.</summary>
    /// <remarks>Only x86-64 has it.</remarks>
    /// <param name="index">Checked by the caller.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int index)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Address(index));
        }
    }

    /// <summary>First byte of a buffer.</summary>
    /// <param name="index">Checked by the caller.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Address(int index) => _buffers + (index * _bufferStride);

    /// <summary>Keeps the memory mapped, also after it was disposed, until <see cref="Unpin"/>.</summary>
    public void Pin()
    {
        bool pinned = false;
        _mapping.DangerousAddRef(ref pinned);
    }

    /// <summary>Ends one <see cref="Pin"/>.</summary>
    public void Unpin() => _mapping.DangerousRelease();
}
