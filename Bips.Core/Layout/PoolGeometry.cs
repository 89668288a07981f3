using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Bips.Layout;

/// <summary>Sizes and offsets of a pool: computed once from options, or read once from a header and checked.</summary>
internal sealed record PoolGeometry
{
    public const int MaximumLanes = 64;
    public const int MaximumMetadata = 256;
    private const int LineSize = 64;

    public required int BufferCount { get; init; }

    public required int BufferSize { get; init; }

    public required int History { get; init; }

    public required int LaneCount { get; init; }

    public required int WriteLeases { get; init; }

    public required int MetadataSize { get; init; }

    public required int PageSize { get; init; }

    public required bool EvictsStalled { get; init; }

    public required string Format { get; init; }

    public int RingCapacity => (int)BitOperations.RoundUpToPowerOf2((uint)BufferCount);

    public long BufferStride => RoundUp(BufferSize, PageSize);

    public long MetadataStride => RoundUp(MetadataSize, LineSize);

    public long StateOffset => PageSize;

    public long DirectivesOffset => 2L * PageSize;

    public long RingOffset => DirectivesOffset + ((long)LaneCount * LineSize);

    public long FrameHeadersOffset => RingOffset + ((long)RingCapacity * Unsafe.SizeOf<RingEntry>());

    public long MetadataOffset =>
        RoundUp(FrameHeadersOffset + ((long)BufferCount * Unsafe.SizeOf<FrameHeader>()), LineSize);

    public long BuffersOffset => RoundUp(MetadataOffset + (BufferCount * MetadataStride), PageSize);

    public long PoolLength => BuffersOffset + (BufferCount * BufferStride);

    public long LaneStride => RoundUp(Lane.HeldOffset + BufferCount, PageSize);

    public long LanesLength => PageSize + (LaneCount * LaneStride);

    public long LaneOffset(int lane) => PageSize + (lane * LaneStride);

    /// <summary>Sets the header of a new pool.</summary>
    public void WriteTo(ref PoolHeader header, Span<byte> format, UInt128 poolId, ulong lanesInode)
    {
        header = new PoolHeader
        {
            Magic = PoolHeader.ExpectedMagic,
            Version = PoolHeader.CurrentVersion,
            ByteOrder = PoolHeader.ExpectedByteOrder,
            WordBits = PoolHeader.ExpectedWordBits,
            PoolIdLow = (ulong)poolId,
            PoolIdHigh = (ulong)(poolId >> 64),
            BufferCount = (uint)BufferCount,
            History = (uint)History,
            LaneCount = (uint)LaneCount,
            WriteLeases = (uint)WriteLeases,
            MetadataSize = (uint)MetadataSize,
            RingCapacity = (uint)RingCapacity,
            PageSize = (uint)PageSize,
            FormatLength = (uint)Encoding.UTF8.GetBytes(Format, format),
            BufferSize = (ulong)BufferSize,
            BufferStride = (ulong)BufferStride,
            DirectivesOffset = (ulong)DirectivesOffset,
            RingOffset = (ulong)RingOffset,
            FrameHeadersOffset = (ulong)FrameHeadersOffset,
            MetadataOffset = (ulong)MetadataOffset,
            BuffersOffset = (ulong)BuffersOffset,
            PoolLength = (ulong)PoolLength,
            LaneStride = (ulong)LaneStride,
            LanesLength = (ulong)LanesLength,
            LanesInode = lanesInode,
            EvictsStalled = EvictsStalled ? 1u : 0,
        };
    }

    /// <summary>Reads a header that anybody may have written.</summary>
    /// <param name="header">A copy, so that what is checked is what is used.</param>
    /// <param name="format">The bytes behind <see cref="PoolHeader.FormatOffset"/>.</param>
    /// <param name="fileLength">Length of the object that it was read from.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="BipsException">
    /// Not a pool, incompatible, or contradicting itself; the message says which word.
    /// </exception>
    public static PoolGeometry Read(in PoolHeader header, ReadOnlySpan<byte> format, long fileLength, string path)
    {
        Expect(header.Magic == PoolHeader.ExpectedMagic, BipsError.NotAPool, path, "it does not begin like a pool",
            "choose another pool name, or remove the file if nothing needs it");
        const string rebuild = "use the same version of Bips on both sides";
        Expect(header.ByteOrder == PoolHeader.ExpectedByteOrder, BipsError.Incompatible, path,
            $"its byte order mark is 0x{header.ByteOrder:X8}", rebuild);
        Expect(header.Version == PoolHeader.CurrentVersion, BipsError.Incompatible, path,
            $"its layout version is {header.Version} and this library knows {PoolHeader.CurrentVersion}", rebuild);
        Expect(header.WordBits == PoolHeader.ExpectedWordBits, BipsError.Incompatible, path,
            $"its words have {header.WordBits} bits", rebuild);

        CheckWord(path, "page size", header.PageSize, 4096, 1 << 20);
        bool isPage = BitOperations.IsPow2(header.PageSize);
        Expect(isPage, BipsError.Corrupt, path, $"its page size is {header.PageSize}", Restart);
        CheckWord(path, "buffer count", header.BufferCount, 2, RingEntry.MaximumBuffers);
        CheckWord(path, "buffer size", header.BufferSize, 1, int.MaxValue);
        CheckWord(path, "history", header.History, 0, RingEntry.MaximumBuffers);
        CheckWord(path, "lane count", header.LaneCount, 1, MaximumLanes);
        CheckWord(path, "number of write leases", header.WriteLeases, 1, RingEntry.MaximumBuffers);
        CheckWord(path, "metadata size", header.MetadataSize, 0, MaximumMetadata);
        CheckWord(path, "format length", header.FormatLength, 0, PoolHeader.MaximumFormatLength);

        var geometry = new PoolGeometry
        {
            BufferCount = (int)header.BufferCount,
            BufferSize = (int)header.BufferSize,
            History = (int)header.History,
            LaneCount = (int)header.LaneCount,
            WriteLeases = (int)header.WriteLeases,
            MetadataSize = (int)header.MetadataSize,
            PageSize = (int)header.PageSize,
            EvictsStalled = header.EvictsStalled != 0,
            Format = Encoding.UTF8.GetString(format[..(int)header.FormatLength]),
        };
        CheckDerived(path, "ring capacity", header.RingCapacity, geometry.RingCapacity);
        CheckDerived(path, "buffer stride", header.BufferStride, geometry.BufferStride);
        CheckDerived(path, "offset of the lane directives", header.DirectivesOffset, geometry.DirectivesOffset);
        CheckDerived(path, "offset of the ring", header.RingOffset, geometry.RingOffset);
        CheckDerived(path, "offset of the frame headers", header.FrameHeadersOffset, geometry.FrameHeadersOffset);
        CheckDerived(path, "offset of the metadata", header.MetadataOffset, geometry.MetadataOffset);
        CheckDerived(path, "offset of the buffers", header.BuffersOffset, geometry.BuffersOffset);
        CheckDerived(path, "length", header.PoolLength, geometry.PoolLength);
        CheckDerived(path, "lane stride", header.LaneStride, geometry.LaneStride);
        CheckDerived(path, "length of the lanes", header.LanesLength, geometry.LanesLength);
        Expect(fileLength == geometry.PoolLength, BipsError.Corrupt, path,
            $"it has {fileLength} bytes and its header says {geometry.PoolLength}", Restart);
        return geometry;
    }

    private const string Restart = "restart the producer, which makes a new pool";

    private static long RoundUp(long value, long unit) => (value + unit - 1) / unit * unit;

    private static void CheckWord(string path, string word, ulong value, ulong least, ulong most) =>
        Expect(value >= least && value <= most, BipsError.Corrupt, path,
            $"its {word} is {value}, outside {least} to {most}", Restart);

    private static void CheckDerived(string path, string word, ulong value, long expected) =>
        Expect(value == (ulong)expected, BipsError.Corrupt, path, $"its {word} is {value} where {expected} follows " +
            "from the rest", Restart);

    private static void Expect(bool holds, BipsError error, string path, string found, string advice)
    {
        if (!holds)
        {
            throw new BipsException(error, $"'{path}' is not a pool that this library can use: {found}; {advice}.");
        }
    }
}
