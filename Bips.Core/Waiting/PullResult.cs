namespace Bips;

/// <summary>How an asynchronous pull ended, with the lease if it succeeded.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Lease">Yours to end, when the status is <see cref="PullStatus.Success"/>; else nothing.</param>
/// <typeparam name="TLease">
/// <see cref="StoredReadLease"/> or <see cref="StoredWriteLease"/>, or that of a struct.
/// </typeparam>
public readonly record struct PullResult<TLease>(PullStatus Status, TLease Lease)
    where TLease : struct
{
    /// <summary>Whether there is a lease.</summary>
    public bool IsSuccess => Status == PullStatus.Success;
}
