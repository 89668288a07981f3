using System.Runtime.InteropServices;

namespace Bips.Native.Abi;

/// <summary><c>bips_producer_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeProducerOptions : INamed
{
    public uint Size;
    public uint BufferCount;
    public ulong BufferSize;
    public uint History;
    public uint MaximumConsumers;
    public uint WriteLeases;
    public uint MetadataSize;
    public uint WaitMode;
    public uint Mode;
    public long EvictStalledAfter;
    public long Owner;
    public long Group;
    public uint HugePages;
    public uint LockMemory;
    public byte* Format;
    public byte* Directory;

    static string INamed.Name => "bips_producer_options";

    /// <summary>The same for the library.</summary>
    /// <exception cref="CallException">A value that the library's types do not have.</exception>
    public readonly PoolOptions ToOptions()
    {
        var options = new PoolOptions
        {
            BufferSize = Checked.Int(BufferSize, "buffer_size"),
            BufferCount = Checked.Int(BufferCount, "buffer_count"),
            History = Checked.Int(History, "history"),
            MaximumConsumers = Checked.Int(MaximumConsumers, "maximum_consumers"),
            WriteLeases = Checked.Int(WriteLeases, "write_leases"),
            MetadataSize = Checked.Int(MetadataSize, "metadata_size"),
            WaitMode = Checked.WaitMode(WaitMode),
            Mode = Checked.FileMode(Mode),
            EvictStalledAfter = EvictStalledAfter == 0
                ? null
                : Checked.NotNegative(EvictStalledAfter, "evict_stalled_after"),
            OwnerId = Checked.Id(Owner, "owner"),
            GroupId = Checked.Id(Group, "group"),
            HugePages = HugePages != 0,
            LockMemory = LockMemory != 0,
        };
        options = Format == null ? options : options with { Format = Checked.Text(Format, "format") };
        return Directory == null ? options : options with { Directory = Checked.Text(Directory, "directory") };
    }
}
