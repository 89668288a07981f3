namespace Bips;

/// <summary>
/// The right to fill one buffer in place. It ends with <see cref="Push"/>, which publishes, or with
/// <see cref="Dispose"/>, which gives the buffer back unpublished; nobody else sees the buffer before the push.
/// </summary>
/// <remarks>
/// Lives on the stack; <see cref="Store"/> gives a form that can be kept in a field or across an <c>await</c>. Do not
/// use a span after its lease has ended: the memory is then being read by others.
/// </remarks>
public readonly ref struct WriteLease
{
    private readonly StoredWriteLease _stored;

    internal WriteLease(StoredWriteLease stored) => _stored = stored;

    /// <summary>The whole buffer, in shared memory. What it contains at first is undefined.</summary>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public Span<byte> Span => _stored.Span;

    /// <summary>User metadata of the frame: as many bytes as the pool was created with, zero at first.</summary>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public Span<byte> Metadata => _stored.Metadata;

    /// <summary>Which of the pool's buffers this is, from 0.</summary>
    public int BufferIndex => _stored.BufferIndex;

    /// <summary>The same lease as a value that can be stored. Both stand for one right: end it once.</summary>
    public StoredWriteLease Store() => _stored;

    /// <summary>Publishes the first <paramref name="length"/> bytes of the buffer as the next frame.</summary>
    /// <param name="length">Bytes of payload, 0 to the buffer size.</param>
    /// <param name="flags">Anything; consumers get it with the frame.</param>
    /// <param name="timestamp">Nanoseconds on CLOCK_MONOTONIC, such as the time of capture; null for now.</param>
    /// <returns>The frame's sequence.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Negative or more than the buffer holds; the lease stays open.
    /// </exception>
    /// <exception cref="BipsException">
    /// <see cref="BipsError.LeaseEnded"/> or <see cref="BipsError.ForkedChild"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public ulong Push(int length, uint flags = 0, long? timestamp = null) =>
        _stored.Push(length, flags, timestamp);

    /// <summary>Gives the buffer back unpublished, unless the lease has ended before.</summary>
    public void Dispose() => _stored.Dispose();
}
