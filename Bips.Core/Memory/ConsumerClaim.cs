using Bips.Layout;
using Bips.Signaler;

namespace Bips.Memory;

/// <summary>How a consumer finds its pool and a lane in it, waiting for either the pool or its producer when asked to.</summary>
internal sealed unsafe class ConsumerClaim : IDisposable
{
    private ConsumerClaim(PoolMemory pool, LaneMemory lane)
    {
        Pool = pool;
        Lane = lane;
        InheritedDescriptors.Report(pool.File);
        InheritedDescriptors.Report(lane.File);
    }

    public PoolMemory Pool { get; }

    public LaneMemory Lane { get; }

    /// <exception cref="BipsException">
    /// <see cref="BipsError.PoolNotFound"/>, <see cref="BipsError.ProducerLost"/>, <see cref="BipsError.NotAPool"/>,
    /// <see cref="BipsError.Incompatible"/>, <see cref="BipsError.Corrupt"/>, <see cref="BipsError.AccessDenied"/>,
    /// <see cref="BipsError.TooManyConsumers"/> or <see cref="BipsError.System"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public static ConsumerClaim Take(PoolPaths paths, TimeSpan patience, CancellationToken cancellation)
    {
        Deadline deadline = Deadline.After(patience);
        using var watch = patience == TimeSpan.Zero ? null : new DirectoryWatch(paths.Directory);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            bool last = deadline.HasPassed;
            ConsumerClaim? claim = TryTake(paths, out bool producerLost);
            if (claim is not null)
            {
                return claim;
            }

            if (last)
            {
                throw NotThere(paths, patience, producerLost);
            }

            watch!.Wait(deadline);
        }
    }

    public void Dispose()
    {
        InheritedDescriptors.Forget(Pool.File);
        InheritedDescriptors.Forget(Lane.File);
        Lane.Dispose();
        Pool.Dispose();
    }

    private static ConsumerClaim? TryTake(PoolPaths paths, out bool producerLost)
    {
        producerLost = false;
        PoolMemory? pool = PoolMemory.TryOpen(paths, writable: false);
        if (pool is null)
        {
            return null;
        }

        try
        {
            bool ready = Ordering.LoadAcquire(ref pool.State->State) == (uint)PoolState.Ready; // sync: ready
            producerLost = !LivenessLock.IsHeldElsewhere(pool.File, PoolMemory.ProducerLockOffset);
            if (ready && !producerLost && LaneMemory.TryClaim(paths, pool) is { } lane)
            {
                return new ConsumerClaim(pool, lane);
            }
        }
        catch
        {
            pool.Dispose();
            throw;
        }

        pool.Dispose();
        return null;
    }

    private static BipsException NotThere(PoolPaths paths, TimeSpan patience, bool producerLost)
    {
        string waited = patience == TimeSpan.Zero ? "" : $" (waited {patience.TotalSeconds:0.###} s)";
        return producerLost
            ? new(BipsError.ProducerLost, $"Pool '{paths.Name}' is there but its producer has died{waited}. Start a " +
                "producer, or wait for one.")
            : new(BipsError.PoolNotFound, $"There is no pool '{paths.Name}' in '{paths.Directory}'{waited}. Start its producer " +
                "first, wait for it, or check the name, the directory and, between containers, whether they share it.");
    }
}
