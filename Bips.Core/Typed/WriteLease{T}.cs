namespace Bips;

/// <summary>A <see cref="WriteLease"/> whose buffer is seen as values of a struct.</summary>
/// <remarks>
/// Lives on the stack; <see cref="Store"/> makes a value that can be kept. Do not use a reference or a span after its
/// lease has ended: the memory is then being read by others.
/// </remarks>
/// <typeparam name="T">What a frame consists of.</typeparam>
public readonly ref struct WriteLease<T>
    where T : unmanaged
{
    private readonly StoredWriteLease<T> _stored;

    internal WriteLease(WriteLease untyped) => _stored = new StoredWriteLease<T>(untyped.Store());

    /// <summary>
    /// The first value, in shared memory. What it contains at first is undefined: set every field that is read.
    /// </summary>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public ref T Value => ref _stored.Value;

    /// <summary>
    /// Room for as many values as the buffer holds, in shared memory. What they contain at first is undefined.
    /// </summary>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public Span<T> Values => _stored.Values;

    /// <inheritdoc cref="WriteLease.Metadata"/>
    public Span<byte> Metadata => _stored.Metadata;

    /// <inheritdoc cref="WriteLease.BufferIndex"/>
    public int BufferIndex => _stored.BufferIndex;

    /// <inheritdoc cref="WriteLease.Store"/>
    public StoredWriteLease<T> Store() => _stored;

    /// <summary>Publishes the first values of the buffer as the next frame.</summary>
    /// <param name="count">Number of values, 0 to the capacity.</param>
    /// <param name="flags">Anything; consumers get it with the frame.</param>
    /// <param name="timestamp">Nanoseconds on CLOCK_MONOTONIC, such as the time of capture; null for now.</param>
    /// <returns>The frame's sequence.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Negative or more than the buffer holds; the lease stays open.
    /// </exception>
    /// <inheritdoc cref="WriteLease.Push" path="/exception[@cref='BipsException' or @cref='ObjectDisposedException']"/>
    public ulong Push(int count = 1, uint flags = 0, long? timestamp = null) => _stored.Push(count, flags, timestamp);

    /// <inheritdoc cref="WriteLease.Dispose"/>
    public void Dispose() => _stored.Dispose();
}
