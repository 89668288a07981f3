using System.Globalization;
using Bips.Errors;
using Bips.Layout;
using Bips.Memory;
using Bips.Protocol;
using Bips.Signaler;
using Microsoft.Win32.SafeHandles;

namespace Bips.Lifetime;

/// <summary>
/// How a consumer finds its pool and a lane in it, waiting for either the pool or its producer when asked to.
/// </summary>
internal sealed class ConsumerClaim : IDisposable
{
    /// <summary>How long to go on looking for a lane: a producer that reaps one holds its lock for a moment.</summary>
    private static readonly TimeSpan s_lanePatience = TimeSpan.FromMilliseconds(20);

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
    public static ConsumerClaim Take(PoolPlace place, TimeSpan patience, CancellationToken cancellation)
    {
        Deadline deadline = Deadline.After(patience);
        using var watch = patience == TimeSpan.Zero ? null : place.Watch();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            bool last = deadline.HasPassed;
            ConsumerClaim? claim = TryTake(place, out bool producerLost);
            if (claim is not null)
            {
                return claim;
            }

            if (last)
            {
                throw NotThere(place, patience, producerLost);
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

    private static ConsumerClaim? TryTake(PoolPlace place, out bool producerLost)
    {
        producerLost = false;
        PoolMemory? pool = PoolMemory.TryOpen(place, writable: false);
        if (pool is null)
        {
            return null;
        }

        try
        {
            bool ready = PoolLifecycle.IsReady(pool.Control);
            producerLost = !LivenessLock.IsHeldElsewhere(pool.File, PoolMemory.ProducerLockOffset);
            if (ready && !producerLost && TryClaimLane(pool) is { } lane)
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

    /// <summary>Claims a lane that no live process has; its words are whatever its last owner left.</summary>
    /// <returns>Null when the lanes object is gone: the pool is being replaced.</returns>
    /// <exception cref="BipsException">
    /// <see cref="BipsError.TooManyConsumers"/>, or the object may not be opened.
    /// </exception>
    private static LaneMemory? TryClaimLane(PoolMemory pool)
    {
        SafeFileHandle? file = LanesMemory.TryOpenFile(pool);
        if (file is null)
        {
            return null;
        }

        try
        {
            int number = ClaimNumber(file, pool); // step: join_lock
            CrashPoint.Reached("join_lock");
            return LaneMemory.Map(file, pool.Geometry, number, pool.Place.LanesPath);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static int ClaimNumber(SafeFileHandle file, PoolMemory pool)
    {
        int count = pool.Geometry.LaneCount;
        Deadline deadline = Deadline.After(s_lanePatience);
        do
        {
            for (int lane = 0; lane < count; lane++)
            {
                if (LivenessLock.TryAcquire(file, lane))
                {
                    return lane;
                }
            }

            Thread.Yield();
        }
        while (!deadline.HasPassed);

        throw new BipsException(BipsError.TooManyConsumers, string.Create(CultureInfo.InvariantCulture,
            $"All {count} lanes of pool '{pool.Place.Name}' are taken by live consumers. Close one, or create the " +
            $"pool with a larger {OptionNames.MaximumConsumers} (at most {PoolGeometry.MaximumLanes})."));
    }

    private static BipsException NotThere(PoolPlace place, TimeSpan patience, bool producerLost)
    {
        string waited = patience == TimeSpan.Zero ? "" : $" (waited {patience.TotalSeconds:0.###} s)";
        return producerLost
            ? new(BipsError.ProducerLost, $"Pool '{place.Name}' is there but its producer has died{waited}. Start a " +
                "producer, or wait for one.")
            : new(BipsError.PoolNotFound, $"There is no pool '{place.Name}' in '{place.Directory}'{waited}. Start " +
                "its producer first, wait for it, or check the name, the directory and, between containers, whether " +
                "they share it.");
    }
}
