using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bips.Native.Abi;

/// <summary><c>bips_write_lease</c> and <c>bips_read_lease</c>, which differ only in what C may write to.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeLease
{
    public byte* Data;
    public ulong Capacity;
    public ulong Length;
    public ulong Sequence;
    public long Timestamp;
    public byte* Metadata;
    public uint MetadataSize;
    public uint Flags;
    public uint BufferIndex;
    public uint Generation;
    public nint Owner;

    /// <summary><c>BIPS_NOW</c>.</summary>
    public const long Now = long.MinValue;

    /// <param name="memory">Mapped memory, which no collector moves.</param>
    public static byte* AddressOf(ReadOnlySpan<byte> memory) =>
        (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));

    /// <summary>
    /// Takes the addresses away. What identifies the lease stays, so that a second push is told from a foreign one.
    /// </summary>
    public void End()
    {
        Data = null;
        Metadata = null;
    }
}
