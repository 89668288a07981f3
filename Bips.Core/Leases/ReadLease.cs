namespace Bips;

/// <summary>
/// The right to read one frame in place. It ends with <see cref="Push"/> or <see cref="Dispose"/>; until then the frame
/// is not overwritten, however long that takes and however far the producer has gone on.
/// </summary>
/// <remarks>
/// Lives on the stack; <see cref="Store"/> gives a form that can be kept in a field or handed to another thread. Do not
/// use a span after its lease has ended: the memory then belongs to another frame.
/// </remarks>
public readonly ref struct ReadLease
{
    private readonly StoredReadLease _stored;

    internal ReadLease(StoredReadLease stored) => _stored = stored;

    /// <summary>The payload, in shared memory.</summary>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public ReadOnlySpan<byte> Span => _stored.Span;

    /// <summary>User metadata: exactly the pool's metadata size, zero where the producer wrote nothing.</summary>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/>.</exception>
    public ReadOnlySpan<byte> Metadata => _stored.Metadata;

    /// <summary>Bytes of payload.</summary>
    public int Length => _stored.Length;

    /// <summary>Number of the publication in this pool, from 1.</summary>
    public ulong Sequence => _stored.Sequence;

    /// <summary>Nanoseconds on CLOCK_MONOTONIC at the push, unless the producer gave another time.</summary>
    public long Timestamp => _stored.Timestamp;

    /// <summary>What the producer passed to its push.</summary>
    public uint Flags => _stored.Flags;

    /// <summary>Which of the pool's buffers this is, from 0.</summary>
    public int BufferIndex => _stored.BufferIndex;

    /// <summary>The same lease as a value that can be stored. Both stand for one right: end it once.</summary>
    public StoredReadLease Store() => _stored;

    /// <summary>Gives the frame back.</summary>
    /// <exception cref="BipsException"><see cref="BipsError.LeaseEnded"/> when that was done before.</exception>
    public void Push() => _stored.Push();

    /// <summary>Gives the frame back unless that was done before.</summary>
    public void Dispose() => _stored.Dispose();
}
