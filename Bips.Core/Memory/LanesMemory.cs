using Bips.Layout;
using Microsoft.Win32.SafeHandles;

namespace Bips.Memory;

/// <summary>The producer's view of the lanes object: all of it.</summary>
internal sealed unsafe class LanesMemory : IDisposable
{
    private readonly Mapping _mapping;
    private readonly byte* _firstLane;
    private readonly long _laneStride;

    private LanesMemory(SafeFileHandle file, Mapping mapping, PoolGeometry geometry)
    {
        File = file;
        _mapping = mapping;
        _firstLane = mapping.Address + geometry.PageSize;
        _laneStride = geometry.LaneStride;
    }

    public SafeFileHandle File { get; }

    public Doorbells* Doorbells => (Doorbells*)_mapping.Address;

    public Lane* this[int lane] => (Lane*)(_firstLane + (lane * _laneStride));

    public static byte* Held(Lane* lane) => (byte*)lane + Lane.HeldOffset;

    /// <summary>Makes a new lanes object without a name: all zero, every lane free.</summary>
    public static LanesMemory Create(PoolPaths paths, PoolGeometry geometry, PoolOptions options)
    {
        SafeFileHandle file = ObjectFile.CreateUnnamed(paths.Directory);
        LanesMemory? lanes = null;
        try
        {
            ObjectFile.Reserve(file, geometry.LanesLength, paths.Directory);
            lanes = Map(file, geometry, paths.Lanes); // before the mode, as the pool object
            ObjectFile.SetAccess(file, options.OwnerId, options.GroupId, WritableForReaders(options.Mode), paths.Lanes);
            return lanes;
        }
        catch
        {
            lanes?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens the lanes object that belongs to a pool.</summary>
    /// <returns>Null when it is gone or is another pool's.</returns>
    public static LanesMemory? TryOpen(PoolPaths paths, PoolMemory pool)
    {
        SafeFileHandle? file = TryOpenFile(paths, pool);
        return file is null ? null : Map(file, pool.Geometry, paths.Lanes);
    }

    /// <inheritdoc cref="TryOpen"/>
    public static SafeFileHandle? TryOpenFile(PoolPaths paths, PoolMemory pool)
    {
        SafeFileHandle? file = ObjectFile.TryOpen(paths.Lanes, writable: true);
        if (file is not null && (ObjectFile.Inode(file, paths.Lanes) != pool.Header->LanesInode ||
            ObjectFile.Length(file, paths.Lanes) != pool.Geometry.LanesLength))
        {
            file.Dispose();
            return null;
        }

        return file;
    }

    public void Populate() => _mapping.Populate(forWriting: true);

    public void Dispose()
    {
        _mapping.Dispose();
        File.Dispose();
    }

    private static LanesMemory Map(SafeFileHandle file, PoolGeometry geometry, string path)
    {
        try
        {
            return new(file, Mapping.Map(file, 0, geometry.LanesLength, writable: true, path), geometry);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whoever may read the pool writes a lane.</summary>
    private static UnixFileMode WritableForReaders(UnixFileMode mode)
    {
        const UnixFileMode readers = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        return mode | (UnixFileMode)((int)(mode & readers) >> 1);
    }
}
