using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bips;

/// <summary>A <see cref="ReadLease"/> whose frame is seen as values of a struct.</summary>
/// <remarks>
/// Lives on the stack; <see cref="Store"/> makes a value that can be kept. Do not use a reference or a span after its
/// lease has ended.
/// </remarks>
/// <typeparam name="T">What a frame consists of.</typeparam>
public readonly ref struct ReadLease<T>
    where T : unmanaged
{
    private readonly ReadLease _untyped;

    internal ReadLease(ReadLease untyped) => _untyped = untyped;

    /// <summary>The first value, in shared memory.</summary>
    /// <exception cref="InvalidOperationException">The frame has none.</exception>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public ref readonly T Value => ref StoredReadLease<T>.First(Values);

    /// <summary>All values of the frame, in shared memory.</summary>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public ReadOnlySpan<T> Values => MemoryMarshal.Cast<byte, T>(_untyped.Span);

    /// <inheritdoc cref="ReadLease.Metadata"/>
    public ReadOnlySpan<byte> Metadata => _untyped.Metadata;

    /// <summary>Number of values in the frame.</summary>
    public int Count => _untyped.Length / Unsafe.SizeOf<T>();

    /// <inheritdoc cref="ReadLease.Sequence"/>
    public ulong Sequence => _untyped.Sequence;

    /// <inheritdoc cref="ReadLease.Timestamp"/>
    public long Timestamp => _untyped.Timestamp;

    /// <inheritdoc cref="ReadLease.Flags"/>
    public uint Flags => _untyped.Flags;

    /// <inheritdoc cref="ReadLease.BufferIndex"/>
    public int BufferIndex => _untyped.BufferIndex;

    /// <inheritdoc cref="ReadLease.Store"/>
    public StoredReadLease<T> Store() => new(_untyped.Store());

    /// <inheritdoc cref="ReadLease.Push"/>
    public void Push() => _untyped.Push();

    /// <inheritdoc cref="ReadLease.Dispose"/>
    public void Dispose() => _untyped.Dispose();
}
