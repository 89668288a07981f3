using System.Runtime.InteropServices;

namespace Bips.Layout;

/// <summary>The words of the pool object that change; the producer alone writes them, everybody reads them.</summary>
/// <remarks>A crash leaves every one of them as it was; take-over goes on from there.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 0x180)]
internal struct ProducerState
{
    /// <summary>Sequence of the newest frame; stored (release) after its ring entry, so it may lag one behind the ring.</summary>
    [FieldOffset(0x00)] public ulong Published;

    /// <summary>Futex word on which consumers sleep; one more after each push, close, eviction and take-over.</summary>
    [FieldOffset(0x08)] public uint Signal;

    /// <summary>Non-zero while the producer sleeps, or is about to, until a buffer is given back.</summary>
    [FieldOffset(0x80)] public uint Waiting;

    /// <summary>A <see cref="PoolState"/>; stored (release) after what it speaks of.</summary>
    [FieldOffset(0x84)] public uint State;

    /// <summary>Number of producers that this pool has had; stored under the producer's lock.</summary>
    [FieldOffset(0x88)] public uint Epoch;

    /// <summary>Process id of the producer in its own PID namespace; for messages only, never for decisions.</summary>
    [FieldOffset(0x8C)] public uint ProcessId;

    /// <summary>First sequence of this epoch: joiners never see a frame of an earlier producer.</summary>
    [FieldOffset(0x90)] public ulong EpochStart;

    /// <summary>Number of lanes taken back from dead consumers.</summary>
    [FieldOffset(0x100)] public ulong Reaped;

    /// <summary>Number of consumers evicted because they stalled.</summary>
    [FieldOffset(0x108)] public ulong EvictedStalled;

    /// <summary>Number of consumers evicted because their lane held an impossible value.</summary>
    [FieldOffset(0x110)] public ulong EvictedBroken;

    /// <summary>Number of times the producer found no free buffer and had to wait.</summary>
    [FieldOffset(0x118)] public ulong Waits;
}
