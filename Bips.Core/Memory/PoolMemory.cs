using System.Runtime.InteropServices;
using Bips.Layout;
using Bips.Signaler;
using Bips.Signaler.Waiting;
using Microsoft.Win32.SafeHandles;

namespace Bips.Memory;

/// <summary>The pool object, open and mapped: its control words and its payload.</summary>
internal sealed unsafe class PoolMemory : IDisposable
{
    /// <summary>Byte of the pool object whose lock is the producer's life.</summary>
    public const long ProducerLockOffset = 0;

    private readonly Mapping _mapping;

    /// <summary>A consumer's share of the mapping of a producer in the same process; null elsewhere.</summary>
    private readonly Mapping? _local;

    /// <summary>Which file <see cref="OfferLocally"/> offered, if it did.</summary>
    private WordIdentity? _offeredAs;

    private PoolMemory(SafeFileHandle file, Mapping mapping, Mapping? local, PoolGeometry geometry, PoolPlace place)
    {
        File = file;
        Place = place;
        Geometry = geometry;
        _mapping = mapping;
        _local = local;
        Control = new ControlWords((local ?? mapping).Address, geometry);

        // Not through the share: the consumer's user gets the payload and must not be able to write there.
        Payload = new Payload(mapping, geometry);
    }

    /// <summary>The open file; its lock is the producer's life.</summary>
    public SafeFileHandle File { get; }

    /// <summary>Where the pool was found or is going to be.</summary>
    public PoolPlace Place { get; }

    /// <summary>The pool's sizes, checked.</summary>
    public PoolGeometry Geometry { get; }

    /// <summary>The words that the two sides exchange.</summary>
    public ControlWords Control { get; }

    /// <summary>The buffers.</summary>
    public Payload Payload { get; }

    /// <summary>The pool's random identity.</summary>
    public UInt128 PoolId => new(Header->PoolIdHigh, Header->PoolIdLow);

    /// <summary>Inode number of the lanes object that belongs to this pool.</summary>
    public ulong LanesInode => Header->LanesInode;

    private PoolHeader* Header => (PoolHeader*)_mapping.Address;

    /// <summary>Makes a new pool object without a name and without a header: all zero.</summary>
    public static PoolMemory Create(PoolPlace place, PoolGeometry geometry, PoolAccess access)
    {
        SafeFileHandle file = place.CreateUnnamed(geometry.PoolLength);
        PoolMemory? pool = null;
        try
        {
            // Mapped before its mode is set, which may be one that this process could not open it with.
            pool = Map(file, geometry, writable: true, place);
            ObjectFile.SetAccess(file, access, place.PoolPath);
            return pool;
        }
        catch
        {
            pool?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a pool object that anybody may have written, and checks it.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="BipsException">It may not be opened, or is no usable pool.</exception>
    public static PoolMemory? TryOpen(PoolPlace place, bool writable)
    {
        SafeFileHandle? file = place.TryOpenPool(writable);
        if (file is null)
        {
            return null;
        }

        try
        {
            return Map(file, ReadGeometry(file, place.PoolPath), writable, place);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes the header of a new pool, which nobody else can see yet.</summary>
    /// <param name="poolId">A random number.</param>
    /// <param name="lanesInode">Inode number of its lanes object.</param>
    public void WriteHeader(UInt128 poolId, ulong lanesInode)
    {
        Span<byte> format = new((byte*)Header + PoolHeader.FormatOffset, PoolHeader.MaximumFormatLength);
        Geometry.WriteTo(ref *Header, format, poolId, lanesInode);
    }

    /// <summary>Which futex word a word of <see cref="Control"/> is, whatever address a mapping gives it.</summary>
    public WordIdentity IdentityOf(FutexWord word) =>
        ObjectFile.IdentityOf(File, Place.PoolPath, Control.OffsetOf(word.Address));

    /// <summary>
    /// Offers the mapping to consumers in this process until this is disposed. For the one producer that holds the
    /// lock.
    /// </summary>
    public void OfferLocally()
    {
        WordIdentity identity = ObjectFile.IdentityOf(File, Place.PoolPath, offset: 0);
        LocalPools.Offer(identity, _mapping);
        _offeredAs = identity;
    }

    /// <inheritdoc cref="Mapping.Populate"/>
    public void Populate(bool forWriting) => _mapping.Populate(forWriting);

    /// <inheritdoc cref="Mapping.CollapseIntoHugePages"/>
    public void CollapseIntoHugePages() => _mapping.CollapseIntoHugePages();

    /// <inheritdoc cref="Mapping.LockIntoMemory"/>
    public void LockIntoMemory() => _mapping.LockIntoMemory();

    /// <summary>Unmaps and closes, which gives up the producer's lock if this has it.</summary>
    public void Dispose()
    {
        if (_offeredAs is { } identity)
        {
            LocalPools.Forget(identity);
        }

        _local?.Dispose();
        _mapping.Dispose();
        File.Dispose();
    }

    private static PoolMemory Map(SafeFileHandle file, PoolGeometry geometry, bool writable, PoolPlace place)
    {
        var mapping = Mapping.Map(file, 0, geometry.PoolLength, writable, place.PoolPath);
        Mapping? local = writable
            ? null
            : LocalPools.TryShare(ObjectFile.IdentityOf(file, place.PoolPath, offset: 0));
        return new(file, mapping, local, geometry, place);
    }

    /// <summary>
    /// Reads the header through the file, not through a mapping: a file that is too short cannot fault.
    /// </summary>
    private static PoolGeometry ReadGeometry(SafeFileHandle file, string path)
    {
        Span<byte> page = stackalloc byte[PoolHeader.FormatOffset + PoolHeader.MaximumFormatLength];
        page.Clear();
        _ = RandomAccess.Read(file, page, fileOffset: 0);
        PoolHeader header = MemoryMarshal.Read<PoolHeader>(page);
        long length = ObjectFile.Length(file, path);
        var geometry = PoolGeometry.Read(in header, page[PoolHeader.FormatOffset..], length, path);
        ThrowIfSparse(file, geometry, path);
        return geometry;
    }

    /// <summary>
    /// A hole is filled when it is touched: at the reader's expense, or, where no memory is left, with SIGBUS.
    /// </summary>
    private static void ThrowIfSparse(SafeFileHandle file, PoolGeometry geometry, string path)
    {
        long reserved = ObjectFile.Reserved(file, path);
        if (reserved < geometry.PoolLength)
        {
            throw new BipsException(BipsError.Corrupt,
                $"'{path}' is not a pool that this library can use: only {reserved} of its {geometry.PoolLength} " +
                "bytes are reserved, and a pool is reserved as a whole; restart the producer, which makes a new " +
                "pool.");
        }
    }
}
