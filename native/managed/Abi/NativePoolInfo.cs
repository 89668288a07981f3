using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Bips.Native.Abi;

/// <summary><c>bips_pool_info</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativePoolInfo : INamed
{
    private const int IdLength = 16;

    public uint Size;
    public uint BufferCount;
    public ulong BufferSize;
    public uint MetadataSize;
    public uint History;
    public uint WriteLeases;
    public uint MaximumConsumers;
    public fixed byte Id[IdLength];
    public byte* Name;
    public byte* Format;

    static string INamed.Name => "bips_pool_info";

    public void Fill(PoolInfo pool, NativeText texts)
    {
        BufferCount = (uint)pool.BufferCount;
        BufferSize = (ulong)pool.BufferSize;
        MetadataSize = (uint)pool.MetadataSize;
        History = (uint)pool.History;
        WriteLeases = (uint)pool.WriteLeases;
        MaximumConsumers = (uint)pool.MaximumConsumers;
        fixed (byte* id = Id)
        {
            BinaryPrimitives.WriteUInt128BigEndian(new Span<byte>(id, IdLength), pool.Id);
        }

        Name = texts.Name;
        Format = texts.Format;
    }
}
