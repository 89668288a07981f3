using Bips.Leases;
using System.Runtime.CompilerServices;
using Bips.Native.Abi;

namespace Bips.Native;

/// <summary>What a C program holds an opaque pointer to.</summary>
internal abstract unsafe class Handle : IDisposable
{
    private int _closed;

    protected Handle(PoolInfo pool)
    {
        Pool = pool;
        BufferSize = (ulong)pool.BufferSize;
        MetadataSize = (uint)pool.MetadataSize;
        Texts = new NativeText(pool);
    }

    /// <summary>The pointer; the table sets it, once.</summary>
    public nint Value { get; set; }

    public PoolInfo Pool { get; }

    public ulong BufferSize { get; }

    public uint MetadataSize { get; }

    public NativeText Texts { get; }

    /// <summary>Whether the program has closed it; leases may still be open.</summary>
    public bool IsClosed => _closed != 0;

    /// <summary>Whether nothing is left that a call could do with it.</summary>
    protected abstract bool IsDetached { get; }

    /// <returns>False when it was closed before.</returns>
    public bool Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return false;
        }

        CloseOwn();
        RemoveIfDetached();
        return true;
    }

    /// <summary>Called after each lease that ended: the last one of a closed handle takes the handle with it.</summary>
    public void RemoveIfDetached()
    {
        if (IsClosed && IsDetached)
        {
            HandleTable.Remove(this);
            Dispose();
        }
    }

    /// <summary>Refuses a lease that this handle did not hand out, or whose numbers no open lease has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CheckLease(NativeLease* lease)
    {
        Checked.NotNull(lease, nameof(lease));
        if (lease->Owner != Value)
        {
            throw CallException.ForeignLease();
        }

        // Generations of open leases are odd; an even one would look like a lease that nobody has.
        if (lease->BufferIndex >= (uint)Pool.BufferCount || (lease->Generation & 1) == 0)
        {
            throw LeaseErrors.Ended();
        }
    }

    public void Dispose() => Texts.Dispose();

    protected abstract void CloseOwn();
}
