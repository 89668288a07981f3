using Bips.Layout;
using Bips.Memory;
using Bips.Protocol;
using Bips.Signaler;

namespace Bips.Lifetime;

/// <summary>
/// How a producer gets its pool: makes it, takes over a dead producer's, or replaces one that does not fit. Everything
/// that changes names happens under the lock of the object that has the name, so two producers cannot undo each other.
/// </summary>
internal sealed class ProducerClaim : IDisposable
{
    /// <summary>How often to start again when another process changes the same name at the same time.</summary>
    private const int Attempts = 100;

    private ProducerClaim(PoolMemory pool, LanesMemory lanes, bool isTakeOver)
    {
        Pool = pool;
        Lanes = lanes;
        IsTakeOver = isTakeOver;
        InheritedDescriptors.Report(pool.File);
        InheritedDescriptors.Report(lanes.File);
        pool.OfferLocally();
    }

    public PoolMemory Pool { get; }

    public LanesMemory Lanes { get; }

    /// <summary>Whether a dead producer's frames and consumers are there.</summary>
    public bool IsTakeOver { get; }

    /// <exception cref="BipsException">
    /// <see cref="BipsError.ProducerActive"/>, <see cref="BipsError.NotAPool"/>, <see cref="BipsError.Incompatible"/>,
    /// <see cref="BipsError.NoSpace"/>, <see cref="BipsError.AccessDenied"/> or <see cref="BipsError.System"/>.
    /// </exception>
    public static ProducerClaim Take(PoolPlace place, PoolGeometry geometry, PoolBacking backing)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ProducerClaim? claim = TryTakeOver(place, geometry) ?? TryCreate(place, geometry, backing);
            if (claim is not null)
            {
                return claim;
            }
        }

        throw new BipsException(BipsError.ProducerActive,
            $"Other processes keep creating and removing pool '{place.Name}'; let one of them be its producer.");
    }

    /// <summary>Removes the pool's names, so that nothing is left when the last user unmaps.</summary>
    public void Unlink()
    {
        if (Pool.Place.IsCurrent(Pool.File))
        {
            Pool.Place.Unlink();
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
    private static ProducerClaim? TryTakeOver(PoolPlace place, PoolGeometry wanted)
    {
        PoolMemory? pool = OpenExisting(place);
        if (pool is null)
        {
            return null;
        }

        LanesMemory? lanes = null;
        try
        {
            LockOrThrow(pool);
            if (!place.IsCurrent(pool.File))
            {
                pool.Dispose();
                return null;
            }

            if (pool.Geometry == wanted && PoolLifecycle.IsReady(pool.Control))
            {
                lanes = LanesMemory.TryOpen(pool);
                if (lanes is not null)
                {
                    return new ProducerClaim(pool, lanes, isTakeOver: true);
                }
            }

            Replace(pool);
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
    private static PoolMemory? OpenExisting(PoolPlace place)
    {
        try
        {
            return PoolMemory.TryOpen(place, writable: true);
        }
        catch (BipsException e) when (e.Error == BipsError.Corrupt)
        {
            using var file = place.TryOpenPool(writable: true);
            if (file is null || !LivenessLock.TryAcquire(file, PoolMemory.ProducerLockOffset))
            {
                throw;
            }

            if (place.IsCurrent(file))
            {
                place.Unlink();
            }

            return null;
        }
    }

    private static void LockOrThrow(PoolMemory pool)
    {
        if (!LivenessLock.TryAcquire(pool.File, PoolMemory.ProducerLockOffset)) // step: takeover_lock
        {
            throw new BipsException(BipsError.ProducerActive,
                $"Pool '{pool.Place.Name}' has a live producer (process {PoolLifecycle.ProducerId(pool.Control)} in " +
                "its own PID namespace). A pool has one producer: stop that one, or choose another name.");
        }

        CrashPoint.Reached("takeover_lock");
    }

    /// <summary>Tells the consumers of a pool that it is over and removes its names. Its lock is held.</summary>
    private static void Replace(PoolMemory pool)
    {
        PoolLifecycle.MarkReplaced(pool.Control);
        pool.Place.Unlink();
        PoolLifecycle.WakeConsumers(pool.Control);
    }

    /// <returns>Null when somebody else took the name first.</returns>
    private static ProducerClaim? TryCreate(PoolPlace place, PoolGeometry geometry, PoolBacking backing)
    {
        PoolMemory? pool = null;
        LanesMemory? lanes = null;
        bool named = false;
        try
        {
            lanes = LanesMemory.Create(place, geometry, backing.Access);
            pool = PoolMemory.Create(place, geometry, backing.Access);
            FillIn(pool, lanes, backing);
            LockOrThrow(pool);
            if (!place.TryLinkPool(pool.File)) // step: create_link
            {
                lanes.Dispose();
                pool.Dispose();
                return null;
            }

            named = true;
            CrashPoint.Reached("create_link");
            place.LinkLanes(lanes.File); // step: create_link_lanes
            CrashPoint.Reached("create_link_lanes");
            PoolLifecycle.MakeReady(pool.Control);
            return new ProducerClaim(pool, lanes, isTakeOver: false);
        }
        catch
        {
            if (named)
            {
                place.UnlinkPool();
            }

            lanes?.Dispose();
            pool?.Dispose();
            throw;
        }
    }

    private static void FillIn(PoolMemory pool, LanesMemory lanes, PoolBacking backing)
    {
        pool.Populate(forWriting: true);
        lanes.Populate();
        if (backing.HugePages)
        {
            // Only pages that are there can be collapsed, whatever the mount's own setting is.
            pool.CollapseIntoHugePages();
        }

        if (backing.LockMemory)
        {
            pool.LockIntoMemory();
        }

        pool.WriteHeader(KernelRandom.NextUInt128(), lanes.Inode);
        PoolLifecycle.Initialise(pool.Control);
    }
}
