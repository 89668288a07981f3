using System.Runtime.InteropServices;

namespace Bips.Layout;

/// <summary>
/// First page of the pool object: what never changes while the pool exists. Written by the producer that creates the
/// pool, before the object has a name; read by everybody, once, and checked.
/// </summary>
/// <remarks>
/// <code>
/// pool object  bips.NAME          producer writes, consumers map it read-only
///
///   page 0     PoolHeader         identity, geometry, format
///   page 1     ProducerState      published, signal, state, ...
///   ...        LaneDirective[]    one line per lane: floor, eviction
///   ...        RingEntry[]        what is published: commit word and time
///   ...        FrameHeader[]      one word per buffer: length and flags
///   ...        metadata           one block per buffer, a multiple of 64 bytes
///   ...        buffers            page-aligned, one stride each
///
/// lanes object bips.NAME.lanes    consumers write, the producer reads
///
///   page 0     Doorbells          words that any consumer may change
///   ...        Lane[]             one stride (a page or more) per consumer
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit)]
internal struct PoolHeader
{
    /// <summary>"BIPSPOOL" in memory order.</summary>
    public const ulong ExpectedMagic = 0x4C4F4F5053504942;

    /// <summary>Changes with every change of the layout that an older library would misread.</summary>
    public const uint CurrentVersion = 3;

    /// <summary>Reads back as this only where the byte order is the writer's.</summary>
    public const uint ExpectedByteOrder = 0x01020304;

    /// <summary>Bits of the widest word that is stored at once.</summary>
    public const uint ExpectedWordBits = 64;

    /// <summary>Offset of the format string; it may fill the rest of the first 4096 bytes.</summary>
    public const int FormatOffset = 0x100;

    /// <summary>Longest format in UTF-8 bytes.</summary>
    public const int MaximumFormatLength = 0x1000 - FormatOffset;

    /// <summary>Tells a pool from any other file.</summary>
    [FieldOffset(0x00)] public ulong Magic;

    /// <summary>Layout version.</summary>
    [FieldOffset(0x08)] public uint Version;

    /// <summary>Byte order mark.</summary>
    [FieldOffset(0x0C)] public uint ByteOrder;

    /// <summary>Random identity of the pool, first half.</summary>
    [FieldOffset(0x10)] public ulong PoolIdLow;

    /// <summary>Random identity of the pool, second half.</summary>
    [FieldOffset(0x18)] public ulong PoolIdHigh;

    /// <summary>Number of buffers, 2 to 4096.</summary>
    [FieldOffset(0x20)] public uint BufferCount;

    /// <summary>Number of newest frames that are never recycled, for late joiners.</summary>
    [FieldOffset(0x24)] public uint History;

    /// <summary>Number of lanes: how many consumers may be attached at once, 1 to 64.</summary>
    [FieldOffset(0x28)] public uint LaneCount;

    /// <summary>Number of buffers that the producer may hold at once.</summary>
    [FieldOffset(0x2C)] public uint WriteLeases;

    /// <summary>Bytes of user metadata per frame, 0 to 256.</summary>
    [FieldOffset(0x30)] public uint MetadataSize;

    /// <summary>Number of ring entries: the buffer count rounded up to a power of two.</summary>
    [FieldOffset(0x34)] public uint RingCapacity;

    /// <summary>Page size of the creator; every offset and stride that must be mappable is a multiple of it.</summary>
    [FieldOffset(0x38)] public uint PageSize;

    /// <summary>Bytes of the format string.</summary>
    [FieldOffset(0x3C)] public uint FormatLength;

    /// <summary>Usable bytes of a buffer.</summary>
    [FieldOffset(0x40)] public ulong BufferSize;

    /// <summary>Bytes from one buffer to the next.</summary>
    [FieldOffset(0x48)] public ulong BufferStride;

    /// <summary>Where the lane directives begin.</summary>
    [FieldOffset(0x50)] public ulong DirectivesOffset;

    /// <summary>Where the ring begins.</summary>
    [FieldOffset(0x58)] public ulong RingOffset;

    /// <summary>Where the frame headers begin.</summary>
    [FieldOffset(0x60)] public ulong FrameHeadersOffset;

    /// <summary>Where the metadata blocks begin.</summary>
    [FieldOffset(0x68)] public ulong MetadataOffset;

    /// <summary>Where the buffers begin.</summary>
    [FieldOffset(0x70)] public ulong BuffersOffset;

    /// <summary>Length of the pool object.</summary>
    [FieldOffset(0x78)] public ulong PoolLength;

    /// <summary>Bytes from one lane to the next.</summary>
    [FieldOffset(0x80)] public ulong LaneStride;

    /// <summary>Length of the lanes object.</summary>
    [FieldOffset(0x88)] public ulong LanesLength;

    /// <summary>
    /// Inode number of the lanes object, so that a joiner never takes another pool's lanes for this one's.
    /// </summary>
    [FieldOffset(0x90)] public ulong LanesInode;

    /// <summary>Word width mark.</summary>
    [FieldOffset(0x98)] public uint WordBits;

    /// <summary>
    /// Non-zero when the producer evicts consumers that stall, so that every quota counts for the sizing rule.
    /// </summary>
    [FieldOffset(0x9C)] public uint EvictsStalled;
}
