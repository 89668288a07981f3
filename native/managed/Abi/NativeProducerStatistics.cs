using System.Runtime.InteropServices;

namespace Bips.Native.Abi;

/// <summary><c>bips_producer_statistics</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeProducerStatistics : INamed
{
    public uint Size;
    public uint Epoch;
    public ulong Published;
    public ulong Waits;
    public ulong Reaped;
    public ulong EvictedStalled;
    public ulong EvictedBroken;
    public uint TookOver;
    public uint Reserved;

    static string INamed.Name => "bips_producer_statistics";
}
