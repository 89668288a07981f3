using System.Runtime.InteropServices;

namespace Bips.Native.Abi;

/// <summary><c>bips_consumer_statistics</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeConsumerStatistics : INamed
{
    public uint Size;
    public uint Lane;
    public ulong Taken;
    public ulong Lost;

    static string INamed.Name => "bips_consumer_statistics";
}
