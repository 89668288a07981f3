using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bips;

/// <summary>
/// A <see cref="WriteLease{T}"/> that can be kept in a field, across an <c>await</c> or in another thread. A small
/// value; copies stand for the same right.
/// </summary>
/// <typeparam name="T">What a frame consists of.</typeparam>
/// <param name="Untyped">The lease of the buffer's bytes.</param>
public readonly record struct StoredWriteLease<T>(StoredWriteLease Untyped) : IDisposable
    where T : unmanaged
{
    /// <inheritdoc cref="WriteLease{T}.Value"/>
    public ref T Value => ref MemoryMarshal.GetReference(Values);

    /// <inheritdoc cref="WriteLease{T}.Values"/>
    public Span<T> Values => MemoryMarshal.Cast<byte, T>(Untyped.Span);

    /// <inheritdoc cref="WriteLease.Metadata"/>
    public Span<byte> Metadata => Untyped.Metadata;

    /// <inheritdoc cref="WriteLease.BufferIndex"/>
    public int BufferIndex => Untyped.BufferIndex;

    /// <inheritdoc cref="WriteLease{T}.Push"/>
    public ulong Push(int count = 1, uint flags = 0, long? timestamp = null)
    {
        int capacity = Values.Length;
        if ((uint)count > (uint)capacity)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, "The number of values must be 0 to " +
                $"{capacity}, what a buffer holds.");
        }

        return Untyped.Push(count * Unsafe.SizeOf<T>(), flags, timestamp);
    }

    /// <inheritdoc cref="WriteLease.Dispose"/>
    public void Dispose() => Untyped.Dispose();
}
