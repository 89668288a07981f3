using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Bips.Layout;
using Bips.Signaler.Waiting;
using Microsoft.Win32.SafeHandles;

namespace Bips.Memory;

/// <summary>The pool object, open and mapped, with a pointer to each of its parts.</summary>
/// <remarks>Everything that the pointers lead to is valid until this is disposed.</remarks>
internal sealed unsafe class PoolMemory : IDisposable
{
    /// <summary>Byte of the pool object whose lock is the producer's life.</summary>
    public const long ProducerLockOffset = 0;

    private readonly Mapping _mapping;

    /// <summary>A consumer's share of the mapping of a producer in the same process; null elsewhere.</summary>
    private readonly Mapping? _local;
    private readonly byte* _metadata;
    private readonly byte* _buffers;
    private readonly long _metadataStride;
    private readonly long _bufferStride;

    /// <summary>Which file <see cref="OfferLocally"/> offered, if it did.</summary>
    private WordIdentity? _offeredAs;

    private PoolMemory(SafeFileHandle file, Mapping mapping, Mapping? local, PoolGeometry geometry, string path)
    {
        File = file;
        Path = path;
        Geometry = geometry;
        _mapping = mapping;
        _local = local;

        // Not the buffers and what belongs to them: those the consumer's user gets, who must not be able to write there.
        byte* control = (local ?? mapping).Address;
        Header = (PoolHeader*)control;
        State = (ProducerState*)(control + geometry.StateOffset);
        Directives = (LaneDirective*)(control + geometry.DirectivesOffset);
        Ring = (RingEntry*)(control + geometry.RingOffset);
        FrameHeaders = (FrameHeader*)(control + geometry.FrameHeadersOffset);
        byte* start = mapping.Address;
        _metadata = start + geometry.MetadataOffset;
        _buffers = start + geometry.BuffersOffset;
        _metadataStride = geometry.MetadataStride;
        _bufferStride = geometry.BufferStride;
    }

    public SafeFileHandle File { get; }

    public string Path { get; }

    public PoolGeometry Geometry { get; }

    public PoolHeader* Header { get; }

    public ProducerState* State { get; }

    public LaneDirective* Directives { get; }

    public RingEntry* Ring { get; }

    /// <summary>One per buffer.</summary>
    public FrameHeader* FrameHeaders { get; }

    public UInt128 PoolId => new(Header->PoolIdHigh, Header->PoolIdLow);

    /// <summary>Keeps the memory mapped, also after <see cref="Dispose"/>, until <see cref="Unpin"/>.</summary>
    public void Pin()
    {
        bool pinned = false;
        _mapping.DangerousAddRef(ref pinned);
    }

    /// <summary>Ends one <see cref="Pin"/>.</summary>
    public void Unpin() => _mapping.DangerousRelease();

    /// <summary>First byte of a buffer.</summary>
    /// <param name="index">Checked by the caller.</param>
    public byte* Buffer(int index) => _buffers + (index * _bufferStride);

    /// <summary>Asks for the first cache line of a buffer that is about to be read: a hint that cannot fail. Only x86-64 has it.</summary>
    /// <param name="index">Checked by the caller.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int index)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Buffer(index));
        }
    }

    /// <summary>A buffer's user metadata.</summary>
    /// <param name="index">Checked by the caller.</param>
    public Span<byte> MetadataOf(int index) => new(_metadata + (index * _metadataStride), Geometry.MetadataSize);

    /// <summary>Makes a new pool object without a name; everything but the identity of its lanes is filled in.</summary>
    public static PoolMemory Create(PoolPaths paths, PoolGeometry geometry, PoolOptions options)
    {
        SafeFileHandle file = ObjectFile.CreateUnnamed(paths.Directory);
        PoolMemory? pool = null;
        try
        {
            ObjectFile.Reserve(file, geometry.PoolLength, paths.Directory);

            // Mapped before its mode is set, which may be one that this process could not open it with.
            pool = Map(file, geometry, writable: true, paths.Pool);
            ObjectFile.SetAccess(file, options.OwnerId, options.GroupId, options.Mode, paths.Pool);
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
    public static PoolMemory? TryOpen(PoolPaths paths, bool writable)
    {
        SafeFileHandle? file = ObjectFile.TryOpen(paths.Pool, writable);
        if (file is null)
        {
            return null;
        }

        try
        {
            return Map(file, ReadGeometry(file, paths.Pool), writable, paths.Pool);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Offers the mapping to consumers in this process until this is disposed. For the one producer that holds the lock.</summary>
    public void OfferLocally()
    {
        WordIdentity identity = ObjectFile.IdentityOf(File, Path, offset: 0);
        LocalPools.Offer(identity, _mapping);
        _offeredAs = identity;
    }

    public void Populate(bool forWriting) => _mapping.Populate(forWriting);

    public void CollapseIntoHugePages() => _mapping.CollapseIntoHugePages();

    public void LockIntoMemory() => _mapping.LockIntoMemory();

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

    private static PoolMemory Map(SafeFileHandle file, PoolGeometry geometry, bool writable, string path)
    {
        var mapping = Mapping.Map(file, 0, geometry.PoolLength, writable, path);
        Mapping? local = writable ? null : LocalPools.TryShare(ObjectFile.IdentityOf(file, path, offset: 0));
        return new(file, mapping, local, geometry, path);
    }

    /// <summary>Reads the header through the file, not through a mapping: a file that is too short cannot fault.</summary>
    private static PoolGeometry ReadGeometry(SafeFileHandle file, string path)
    {
        Span<byte> page = stackalloc byte[PoolHeader.FormatOffset + PoolHeader.MaximumFormatLength];
        page.Clear();
        _ = RandomAccess.Read(file, page, fileOffset: 0);
        PoolHeader header = System.Runtime.InteropServices.MemoryMarshal.Read<PoolHeader>(page);
        var geometry = PoolGeometry.Read(in header, page[PoolHeader.FormatOffset..], ObjectFile.Length(file, path), path);
        ThrowIfSparse(file, geometry, path);
        return geometry;
    }

    /// <summary>A hole is filled when it is touched: at the reader's expense, or, where no memory is left, with SIGBUS.</summary>
    private static void ThrowIfSparse(SafeFileHandle file, PoolGeometry geometry, string path)
    {
        long reserved = ObjectFile.Reserved(file, path);
        if (reserved < geometry.PoolLength)
        {
            throw new BipsException(BipsError.Corrupt,
                $"'{path}' is not a pool that this library can use: only {reserved} of its {geometry.PoolLength} bytes are " +
                "reserved, and a pool is reserved as a whole; restart the producer, which makes a new pool.");
        }
    }
}
