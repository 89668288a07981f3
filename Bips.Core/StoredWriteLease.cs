namespace Bips;

/// <summary>
/// A <see cref="WriteLease"/> that can be kept in a field, across an <c>await</c> or in another thread. A small value; copies stand for the
/// same right.
/// </summary>
public readonly struct StoredWriteLease : IDisposable, IEquatable<StoredWriteLease>
{
    private readonly Producer? _producer;
    private readonly int _index;
    private readonly uint _generation;

    internal StoredWriteLease(Producer producer, int index, uint generation)
    {
        _producer = producer;
        _index = index;
        _generation = generation;
    }

    /// <inheritdoc cref="WriteLease.Span"/>
    public Span<byte> Span => Owner.Buffer(_index, _generation);

    /// <summary>
    /// The whole buffer, in shared memory, as a value that can be kept across an <c>await</c>. It is good until the lease ends; after
    /// that its use is an exception, unless another lease has been opened on the same buffer: then it is that lease's memory.
    /// </summary>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public Memory<byte> Memory => Owner.BufferMemory(_index, _generation);

    /// <inheritdoc cref="WriteLease.Metadata"/>
    public Span<byte> Metadata => Owner.Metadata(_index, _generation);

    /// <inheritdoc cref="WriteLease.BufferIndex"/>
    public int BufferIndex => _index;

    /// <summary>With the index it names the lease, for callers that keep it outside the managed world.</summary>
    internal uint Generation => _generation;

    private Producer Owner => _producer ?? throw LeaseErrors.Ended();

    /// <inheritdoc cref="WriteLease.Push"/>
    public ulong Push(int length, uint flags = 0, long? timestamp = null) =>
        Owner.Publish(_index, _generation, length, flags, timestamp);

    /// <inheritdoc cref="WriteLease.Dispose"/>
    public void Dispose() => _producer?.TryAbandon(_index, _generation);

    /// <inheritdoc/>
    public bool Equals(StoredWriteLease other) =>
        ReferenceEquals(_producer, other._producer) && _index == other._index && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is StoredWriteLease other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_index, _generation);

    /// <summary>Whether both stand for the same right.</summary>
    public static bool operator ==(StoredWriteLease left, StoredWriteLease right) => left.Equals(right);

    /// <summary>Whether they stand for different rights.</summary>
    public static bool operator !=(StoredWriteLease left, StoredWriteLease right) => !left.Equals(right);
}
