using System.Globalization;
using Bips.Layout;
using Bips.Signaler;
using Microsoft.Win32.SafeHandles;

namespace Bips.Memory;

/// <summary>A consumer's view of the lanes object: the lane that it has claimed, and the doorbells.</summary>
internal sealed unsafe class LaneMemory : IDisposable
{
    /// <summary>How long to go on looking for a lane: a producer that reaps one holds its lock for a moment.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(20);

    private readonly Mapping _doorbells;
    private readonly Mapping _lane;

    private LaneMemory(SafeFileHandle file, Mapping doorbells, Mapping lane, int number)
    {
        File = file;
        _doorbells = doorbells;
        _lane = lane;
        Number = number;
    }

    /// <summary>The lanes object; closing it gives up the lock.</summary>
    public SafeFileHandle File { get; }

    public int Number { get; }

    public Doorbells* Doorbells => (Doorbells*)_doorbells.Address;

    public Lane* Lane => (Lane*)_lane.Address;

    public byte* Held => LanesMemory.Held(Lane);

    /// <summary>Claims a lane that no live process has; its words are whatever its last owner left.</summary>
    /// <returns>Null when the lanes object is gone: the pool is being replaced.</returns>
    /// <exception cref="BipsException"><see cref="BipsError.TooManyConsumers"/>, or the object may not be opened.</exception>
    public static LaneMemory? TryClaim(PoolPaths paths, PoolMemory pool)
    {
        SafeFileHandle? file = LanesMemory.TryOpenFile(paths, pool);
        if (file is null)
        {
            return null;
        }

        PoolGeometry geometry = pool.Geometry;
        Mapping? doorbells = null;
        try
        {
            doorbells = Mapping.Map(file, 0, geometry.PageSize, writable: true, paths.Lanes);
            int number = ClaimNumber(file, geometry, paths); // step: join_lock
            CrashPoint.Reached("join_lock");
            Mapping lane = Mapping.Map(file, geometry.PageSize + (number * geometry.LaneStride), geometry.LaneStride,
                writable: true, paths.Lanes);
            return new LaneMemory(file, doorbells, lane, number);
        }
        catch
        {
            doorbells?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Unmaps and, by closing the file, gives up the lock.</summary>
    public void Dispose()
    {
        _lane.Dispose();
        _doorbells.Dispose();
        File.Dispose(); // step: leave_unlock
    }

    private static int ClaimNumber(SafeFileHandle file, PoolGeometry geometry, PoolPaths paths)
    {
        Deadline deadline = Deadline.After(s_patience);
        do
        {
            for (int lane = 0; lane < geometry.LaneCount; lane++)
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
            $"All {geometry.LaneCount} lanes of pool '{paths.Name}' are taken by live consumers. Close one, or create the pool " +
            $"with a larger {nameof(PoolOptions.MaximumConsumers)} (at most {PoolGeometry.MaximumLanes})."));
    }
}
