using Bips.Layout;
using Bips.Signaler;
using Bips.Signaler.Waiting;
using Microsoft.Win32.SafeHandles;

namespace Bips.Memory;

/// <summary>The producer's view of the lanes object: all of it.</summary>
internal sealed unsafe class LanesMemory : IDisposable
{
    private readonly Mapping _mapping;
    private readonly byte* _firstLane;
    private readonly long _laneStride;
    private readonly string _path;

    private LanesMemory(SafeFileHandle file, Mapping mapping, PoolGeometry geometry, string path)
    {
        File = file;
        _mapping = mapping;
        _path = path;
        _firstLane = mapping.Address + geometry.PageSize;
        _laneStride = geometry.LaneStride;
    }

    /// <summary>The open file; the lock on byte k of it is the life of lane k's consumer.</summary>
    public SafeFileHandle File { get; }

    /// <summary>The words that every consumer may write.</summary>
    public Doorbells* Doorbells => (Doorbells*)_mapping.Address;

    /// <summary>A lane.</summary>
    /// <param name="lane">Its number, checked by the caller.</param>
    public Lane* this[int lane] => (Lane*)(_firstLane + (lane * _laneStride));

    /// <summary>Makes a new lanes object without a name: all zero, every lane free.</summary>
    public static LanesMemory Create(PoolPlace place, PoolGeometry geometry, PoolAccess access)
    {
        SafeFileHandle file = place.CreateUnnamed(geometry.LanesLength);
        LanesMemory? lanes = null;
        try
        {
            lanes = Map(file, geometry, place.LanesPath); // before the mode, as the pool object
            ObjectFile.SetAccess(file, access.OfLanes(), place.LanesPath);
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
    public static LanesMemory? TryOpen(PoolMemory pool)
    {
        SafeFileHandle? file = TryOpenFile(pool);
        return file is null ? null : Map(file, pool.Geometry, pool.Place.LanesPath);
    }

    /// <inheritdoc cref="TryOpen"/>
    public static SafeFileHandle? TryOpenFile(PoolMemory pool)
    {
        SafeFileHandle? file = pool.Place.TryOpenLanes();
        if (file is not null && (ObjectFile.Inode(file, pool.Place.LanesPath) != pool.LanesInode ||
            ObjectFile.Length(file, pool.Place.LanesPath) != pool.Geometry.LanesLength))
        {
            file.Dispose();
            return null;
        }

        return file;
    }

    /// <summary>Inode number of the object.</summary>
    public ulong Inode => ObjectFile.Inode(File, _path);

    /// <summary>Which futex word a word of the object is, whatever address a mapping gives it.</summary>
    public WordIdentity IdentityOf(FutexWord word) =>
        ObjectFile.IdentityOf(File, _path, (byte*)word.Address - _mapping.Address);

    /// <summary>Reads a lane through the file, for who has not mapped it.</summary>
    /// <returns>False when the file ends before.</returns>
    public static bool TryRead(SafeFileHandle file, PoolGeometry geometry, int number, out Lane lane)
    {
        Span<byte> words = stackalloc byte[Lane.HeldOffset];
        bool isWhole = RandomAccess.Read(file, words, geometry.LaneOffset(number)) == words.Length;
        lane = System.Runtime.InteropServices.MemoryMarshal.Read<Lane>(words);
        return isWhole;
    }

    /// <inheritdoc cref="Mapping.Populate"/>
    public void Populate() => _mapping.Populate(forWriting: true);

    /// <summary>Unmaps and closes.</summary>
    public void Dispose()
    {
        _mapping.Dispose();
        File.Dispose();
    }

    private static LanesMemory Map(SafeFileHandle file, PoolGeometry geometry, string path)
    {
        try
        {
            return new(file, Mapping.Map(file, 0, geometry.LanesLength, writable: true, path), geometry, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
