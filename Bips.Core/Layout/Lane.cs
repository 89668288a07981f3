using System.Runtime.InteropServices;

namespace Bips.Layout;

/// <summary>
/// One consumer's page: it alone writes, the producer reads and believes nothing. Whoever holds the lock on byte k of the lanes
/// object owns lane k; a lane whose lock nobody holds belongs to a dead consumer and counts for nothing.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = HeldOffset)]
internal struct Lane
{
    /// <summary>Where the held bytes begin: one byte per buffer, 1 while this consumer reads that buffer, else 0.</summary>
    /// <remarks>Bytes and not bits, so that leases may be given back from several threads with plain stores.</remarks>
    public const int HeldOffset = 0x60;

    /// <summary>A <see cref="LaneState"/>; stored (release) after the words that it makes valid.</summary>
    [FieldOffset(0x00)] public uint State;

    /// <summary>An <see cref="OverflowKind"/>.</summary>
    [FieldOffset(0x04)] public uint Policy;

    /// <summary>Depth of <see cref="OverflowKind.Latest"/>.</summary>
    [FieldOffset(0x08)] public uint Depth;

    /// <summary>How many buffers this consumer may hold at once.</summary>
    [FieldOffset(0x0C)] public uint Quota;

    /// <summary>
    /// Process id in its own PID namespace; for messages only, never for decisions about buffers. Zero until the consumer has
    /// joined, that is: as long as it may still skip frames that are being published; then stored (release).
    /// </summary>
    [FieldOffset(0x10)] public uint ProcessId;

    /// <summary>Random number of this use of the lane, so that an eviction meets the one that it was meant for.</summary>
    [FieldOffset(0x18)] public ulong Incarnation;

    /// <summary>Next sequence that this consumer will take; stored (release) after the held byte.</summary>
    [FieldOffset(0x40)] public ulong Cursor;

    /// <summary>Number of frames taken.</summary>
    [FieldOffset(0x48)] public ulong Taken;

    /// <summary>Number of frames lost between the first one taken and the cursor.</summary>
    [FieldOffset(0x50)] public ulong Lost;
}
