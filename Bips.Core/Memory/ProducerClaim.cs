using System.Security.Cryptography;
using Bips.Layout;
using Bips.Signaler;

namespace Bips.Memory;

/// <summary>
/// How a producer gets its pool: makes it, takes over a dead producer's, or replaces one that does not fit. Everything that changes
/// names happens under the lock of the object that has the name, so two producers cannot undo each other.
/// </summary>
internal sealed unsafe class ProducerClaim : IDisposable
{
    /// <summary>How often to start again when another process changes the same name at the same time.</summary>
    private const int Attempts = 100;

    private ProducerClaim(PoolPaths paths, PoolMemory pool, LanesMemory lanes, bool isTakeOver)
    {
        Paths = paths;
        Pool = pool;
        Lanes = lanes;
        IsTakeOver = isTakeOver;
        InheritedDescriptors.Report(pool.File);
        InheritedDescriptors.Report(lanes.File);
        pool.OfferLocally();
    }

    public PoolPaths Paths { get; }

    public PoolMemory Pool { get; }

    public LanesMemory Lanes { get; }

    /// <summary>Whether a dead producer's frames and consumers are there.</summary>
    public bool IsTakeOver { get; }

    /// <exception cref="BipsException">
    /// <see cref="BipsError.ProducerActive"/>, <see cref="BipsError.NotAPool"/>, <see cref="BipsError.Incompatible"/>,
    /// <see cref="BipsError.NoSpace"/>, <see cref="BipsError.AccessDenied"/> or <see cref="BipsError.System"/>.
    /// </exception>
    public static ProducerClaim Take(PoolPaths paths, PoolGeometry geometry, PoolOptions options)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ProducerClaim? claim = TryTakeOver(paths, geometry) ?? TryCreate(paths, geometry, options);
            if (claim is not null)
            {
                return claim;
            }
        }

        throw new BipsException(BipsError.ProducerActive,
            $"Other processes keep creating and removing pool '{paths.Name}'; let one of them be its producer.");
    }

    /// <summary>Removes the pool's names, so that nothing is left when the last user unmaps.</summary>
    public void Unlink()
    {
        if (ObjectFile.IsLinkedAt(Pool.File, Paths.Pool))
        {
            RemoveNames(Paths);
        }
    }

    public void Dispose()
    {
        InheritedDescriptors.Forget(Pool.File);
        InheritedDescriptors.Forget(Lanes.File);
        Lanes.Dispose();
        Pool.Dispose();
    }

    /// <returns>Null when there is no pool that can be taken over; a dead one that does not fit was removed.</returns>
    private static ProducerClaim? TryTakeOver(PoolPaths paths, PoolGeometry wanted)
    {
        PoolMemory? pool = OpenExisting(paths);
        if (pool is null)
        {
            return null;
        }

        LanesMemory? lanes = null;
        try
        {
            LockOrThrow(pool, paths);
            if (!ObjectFile.IsLinkedAt(pool.File, paths.Pool))
            {
                pool.Dispose();
                return null;
            }

            if (pool.Geometry == wanted && Ordering.LoadAcquire(ref pool.State->State) == (uint)PoolState.Ready)
            {
                lanes = LanesMemory.TryOpen(paths, pool);
                if (lanes is not null)
                {
                    return new ProducerClaim(paths, pool, lanes, isTakeOver: true);
                }
            }

            Replace(pool, paths);
            pool.Dispose();
            return null;
        }
        catch
        {
            lanes?.Dispose();
            pool.Dispose();
            throw;
        }
    }

    /// <returns>Null when there is none, or when what was there is corrupt, nobody's, and has been removed.</returns>
    private static PoolMemory? OpenExisting(PoolPaths paths)
    {
        try
        {
            return PoolMemory.TryOpen(paths, writable: true);
        }
        catch (BipsException e) when (e.Error == BipsError.Corrupt)
        {
            using var file = ObjectFile.TryOpen(paths.Pool, writable: true);
            if (file is null || !LivenessLock.TryAcquire(file, PoolMemory.ProducerLockOffset))
            {
                throw;
            }

            if (ObjectFile.IsLinkedAt(file, paths.Pool))
            {
                RemoveNames(paths);
            }

            return null;
        }
    }

    private static void LockOrThrow(PoolMemory pool, PoolPaths paths)
    {
        if (!LivenessLock.TryAcquire(pool.File, PoolMemory.ProducerLockOffset)) // step: takeover_lock
        {
            throw new BipsException(BipsError.ProducerActive,
                $"Pool '{paths.Name}' has a live producer (process {pool.State->ProcessId} in its own PID namespace). A pool has " +
                "one producer: stop that one, or choose another name.");
        }

        CrashPoint.Reached("takeover_lock");
    }

    /// <summary>Tells the consumers of a pool that it is over and removes its names. Its lock is held.</summary>
    private static void Replace(PoolMemory pool, PoolPaths paths)
    {
        if (pool.State->State != (uint)PoolState.Closed)
        {
            Ordering.StoreRelease(ref pool.State->State, (uint)PoolState.Replaced);
        }

        Ordering.StoreRelease(ref pool.State->Signal, pool.State->Signal + 1);
        RemoveNames(paths);
        Futex.Wake(ref pool.State->Signal);
    }

    private static void RemoveNames(PoolPaths paths)
    {
        ObjectFile.Unlink(paths.Lanes);
        ObjectFile.Unlink(paths.Pool);
    }

    /// <returns>Null when somebody else took the name first.</returns>
    private static ProducerClaim? TryCreate(PoolPaths paths, PoolGeometry geometry, PoolOptions options)
    {
        PoolMemory? pool = null;
        LanesMemory? lanes = null;
        bool named = false;
        try
        {
            lanes = LanesMemory.Create(paths, geometry, options);
            pool = PoolMemory.Create(paths, geometry, options);
            FillIn(pool, lanes, paths, options);
            LockOrThrow(pool, paths);
            if (!ObjectFile.Link(pool.File, paths.Pool)) // step: create_link
            {
                lanes.Dispose();
                pool.Dispose();
                return null;
            }

            named = true;
            CrashPoint.Reached("create_link");

            // The name is ours and locked: whatever lanes object stands there is a dead pool's.
            while (!ObjectFile.Link(lanes.File, paths.Lanes)) // step: create_link_lanes
            {
                ObjectFile.Unlink(paths.Lanes);
            }

            CrashPoint.Reached("create_link_lanes");
            Ordering.StoreRelease(ref pool.State->State, (uint)PoolState.Ready); // sync: ready, step: create_ready
            CrashPoint.Reached("create_ready");
            return new ProducerClaim(paths, pool, lanes, isTakeOver: false);
        }
        catch
        {
            if (named)
            {
                ObjectFile.Unlink(paths.Pool);
            }

            lanes?.Dispose();
            pool?.Dispose();
            throw;
        }
    }

    private static void FillIn(PoolMemory pool, LanesMemory lanes, PoolPaths paths, PoolOptions options)
    {
        if (options.HugePages)
        {
            pool.CollapseIntoHugePages();
        }

        pool.Populate(forWriting: true);
        lanes.Populate();
        if (options.LockMemory)
        {
            pool.LockIntoMemory();
        }

        Span<byte> format = new((byte*)pool.Header + PoolHeader.FormatOffset, PoolHeader.MaximumFormatLength);
        UInt128 id = System.Runtime.InteropServices.MemoryMarshal.Read<UInt128>(RandomNumberGenerator.GetBytes(16));
        pool.Geometry.WriteTo(ref *pool.Header, format, id, ObjectFile.Inode(lanes.File, paths.Lanes));
        pool.State->EpochStart = 1;
    }
}
