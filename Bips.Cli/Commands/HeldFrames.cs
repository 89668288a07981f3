namespace Bips.Cli.Commands;

/// <summary>Keeps the newest frames leased, and gives the oldest back for each that comes.</summary>
internal sealed class HeldFrames(int capacity) : IDisposable
{
    private readonly Queue<StoredReadLease> _leases = new(capacity + 1);

    /// <summary>Takes over a lease.</summary>
    public void Add(StoredReadLease lease)
    {
        _leases.Enqueue(lease);
        if (_leases.Count > capacity)
        {
            _leases.Dequeue().Push();
        }
    }

    public void Dispose()
    {
        while (_leases.TryDequeue(out StoredReadLease lease))
        {
            lease.Dispose();
        }
    }
}
