using Bips.Leases;

namespace Bips;

/// <summary>
/// A <see cref="WriteLease"/> that can be kept in a field, across an <c>await</c> or in another thread. A small value;
/// copies stand for the same right.
/// </summary>
public readonly struct StoredWriteLease : IDisposable, IEquatable<StoredWriteLease>
{
    private readonly WriteLeases? _owner;
    private readonly int _index;
    private readonly uint _generation;

    internal StoredWriteLease(WriteLeases owner, int index, uint generation)
    {
        _owner = owner;
        _index = index;
        _generation = generation;
    }

    /// <inheritdoc cref="WriteLease.Span"/>
    public Span<byte> Span => Owner.Buffer(_index, _generation);

    /// <summary>
    /// The whole buffer, in shared memory, as a value that can be kept across an <c>await</c>. It is good until the
    /// lease ends; after that its use is an exception, unless another lease has been opened on the same buffer: then it
    /// is that lease's memory.
    /// </summary>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public Memory<byte> Memory => Owner.BufferMemory(_index, _generation);

    /// <inheritdoc cref="WriteLease.Metadata"/>
    public Span<byte> Metadata => Owner.Metadata(_index, _generation);

    /// <inheritdoc cref="WriteLease.BufferIndex"/>
    public int BufferIndex => _index;

    /// <summary>With the index it names the lease, for callers that keep it outside the managed world.</summary>
    internal uint Generation => _generation;

    private WriteLeases Owner => _owner ?? throw LeaseErrors.Ended();

    /// <inheritdoc cref="WriteLease.Push"/>
    public ulong Push(int length, uint flags = 0, long? timestamp = null) =>
        Owner.Push(_index, _generation, length, flags, timestamp);

    /// <inheritdoc cref="WriteLease.Dispose"/>
    public void Dispose() => _owner?.TryAbandon(_index, _generation);

    /// <inheritdoc/>
    public bool Equals(StoredWriteLease other) =>
        ReferenceEquals(_owner, other._owner) && _index == other._index && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is StoredWriteLease other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_index, _generation);

    /// <summary>Whether both stand for the same right.</summary>
    public static bool operator ==(StoredWriteLease left, StoredWriteLease right) => left.Equals(right);

    /// <summary>Whether they stand for different rights.</summary>
    public static bool operator !=(StoredWriteLease left, StoredWriteLease right) => !left.Equals(right);
}
