using System.Runtime.InteropServices;

namespace Bips.Native.Abi;

/// <summary><c>bips_consumer_status</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeConsumerStatus : INamed
{
    public uint Size;
    public uint Lane;
    public int ProcessId;
    public uint Overflow;
    public uint Held;
    public uint Evicted;
    public ulong Lag;
    public ulong Taken;
    public ulong Lost;

    static string INamed.Name => "bips_consumer_status";

    public static NativeConsumerStatus From(ConsumerStatus status, uint size) => new()
    {
        Size = size,
        Lane = (uint)status.Lane,
        ProcessId = status.ProcessId,
        Overflow = (uint)status.Overflow,
        Held = (uint)status.Held,
        Evicted = status.IsEvicted ? 1u : 0,
        Lag = status.Lag,
        Taken = status.Taken,
        Lost = status.Lost,
    };
}
