using Bips.Leases;
using Bips.Protocol;

namespace Bips;

/// <summary>
/// A <see cref="ReadLease"/> that can be kept in a field, a collection or another thread. A small value; copies stand
/// for the same right.
/// </summary>
public readonly struct StoredReadLease : IDisposable, IEquatable<StoredReadLease>
{
    private readonly ReadLeases? _owner;
    private readonly TakenFrame _frame;
    private readonly uint _generation;

    internal StoredReadLease(ReadLeases owner, in TakenFrame frame, uint generation)
    {
        _owner = owner;
        _frame = frame;
        _generation = generation;
    }

    /// <inheritdoc cref="ReadLease.Span"/>
    public ReadOnlySpan<byte> Span => Owner.Payload(_frame.Index, _generation, _frame.Length);

    /// <summary>
    /// The payload, in shared memory, as a value that can be kept across an <c>await</c>. It is good until the lease
    /// ends; after that its use is an exception, unless another lease has been opened on the same buffer: then it is
    /// that frame's memory.
    /// </summary>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public ReadOnlyMemory<byte> Memory => Owner.PayloadMemory(_frame.Index, _generation, _frame.Length);

    /// <inheritdoc cref="ReadLease.Metadata"/>
    public ReadOnlySpan<byte> Metadata => Owner.Metadata(_frame.Index, _generation);

    /// <inheritdoc cref="ReadLease.Length"/>
    public int Length => _frame.Length;

    /// <inheritdoc cref="ReadLease.Sequence"/>
    public ulong Sequence => _frame.Sequence;

    /// <inheritdoc cref="ReadLease.Timestamp"/>
    public long Timestamp => _frame.Timestamp;

    /// <inheritdoc cref="ReadLease.Flags"/>
    public uint Flags => _frame.Flags;

    /// <inheritdoc cref="ReadLease.BufferIndex"/>
    public int BufferIndex => _frame.Index;

    /// <summary>With the index it names the lease, for callers that keep it outside the managed world.</summary>
    internal uint Generation => _generation;

    private ReadLeases Owner => _owner ?? throw LeaseErrors.Ended();

    /// <inheritdoc cref="ReadLease.Push"/>
    public void Push()
    {
        if (!Owner.TryRelease(_frame.Index, _generation))
        {
            throw LeaseErrors.Ended();
        }
    }

    /// <inheritdoc cref="ReadLease.Dispose"/>
    public void Dispose() => _owner?.TryRelease(_frame.Index, _generation);

    /// <inheritdoc/>
    public bool Equals(StoredReadLease other) =>
        ReferenceEquals(_owner, other._owner) && _frame == other._frame && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is StoredReadLease other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_frame.Sequence, _generation);

    /// <summary>Whether both stand for the same right.</summary>
    public static bool operator ==(StoredReadLease left, StoredReadLease right) => left.Equals(right);

    /// <summary>Whether they stand for different rights.</summary>
    public static bool operator !=(StoredReadLease left, StoredReadLease right) => !left.Equals(right);
}
