using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bips;

/// <summary>
/// A <see cref="ReadLease{T}"/> that can be kept in a field, a collection or another thread. A small value; copies
/// stand for the same right.
/// </summary>
/// <typeparam name="T">What a frame consists of.</typeparam>
/// <param name="Untyped">The lease of the frame's bytes.</param>
public readonly record struct StoredReadLease<T>(StoredReadLease Untyped) : IDisposable
    where T : unmanaged
{
    /// <inheritdoc cref="ReadLease{T}.Value"/>
    public ref readonly T Value => ref First(Values);

    /// <inheritdoc cref="ReadLease{T}.Values"/>
    public ReadOnlySpan<T> Values => MemoryMarshal.Cast<byte, T>(Untyped.Span);

    /// <inheritdoc cref="ReadLease{T}.Count"/>
    public int Count => Untyped.Length / Unsafe.SizeOf<T>();

    /// <inheritdoc cref="ReadLease.Sequence"/>
    public ulong Sequence => Untyped.Sequence;

    /// <inheritdoc cref="ReadLease.Timestamp"/>
    public long Timestamp => Untyped.Timestamp;

    /// <inheritdoc cref="ReadLease.Push"/>
    public void Push() => Untyped.Push();

    /// <inheritdoc cref="ReadLease.Dispose"/>
    public void Dispose() => Untyped.Dispose();

    internal static ref readonly T First(ReadOnlySpan<T> values)
    {
        if (values.IsEmpty)
        {
            throw new InvalidOperationException($"The frame is empty: it has no value of '{typeof(T)}'. Look at " +
                "Count first.");
        }

        return ref MemoryMarshal.GetReference(values);
    }
}
