using Bips.Native.Abi;

namespace Bips.Native;

/// <summary>What a C program holds an opaque pointer to.</summary>
internal abstract class Handle : IDisposable
{
    private int _closed;

    protected Handle(PoolInfo pool)
    {
        Pool = pool;
        Texts = new NativeText(pool);
    }

    /// <summary>The pointer; the table sets it, once.</summary>
    public nint Value { get; set; }

    public PoolInfo Pool { get; }

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

    public void Dispose() => Texts.Dispose();

    protected abstract void CloseOwn();
}
