using Bips.Layout;

namespace Bips.Protocol;

/// <summary>A copy of what a lane said at one moment.</summary>
internal struct LaneSnapshot
{
    public uint State;
    public ulong Incarnation;
    public uint Policy;
    public uint Quota;
    public uint ProcessId;
    public ulong Cursor;

    /// <summary>Held bytes that were set.</summary>
    /// <remarks>
    /// They are not read all at once. So a consumer that releases and takes meanwhile can show more than it ever holds.
    /// </remarks>
    public int HeldCount;

    /// <summary>Bits of the held bytes that no consumer sets.</summary>
    public ulong StrayBits;

    /// <summary>
    /// Most buffers that a correct consumer can seem to hold throughout: its quota, and one that it is taking.
    /// </summary>
    public readonly int MostHeldSeen => (int)Math.Min(Quota, RingEntry.MaximumBuffers) + 1;

    /// <summary>Whether the cursor counts.</summary>
    public readonly bool IsReading => State == (uint)LaneState.Active;

    /// <summary>Whether the producer may take frames away from this lane.</summary>
    public readonly bool MayLose => Policy != (uint)OverflowKind.Block;

    /// <summary>Whether the producer waits for this lane's cursor.</summary>
    public readonly bool IsBlocking => IsReading && !MayLose;

    /// <summary>Copies the words of a lane, the cursor last; the held bytes are to be read after it.</summary>
    public static LaneSnapshot Of(ref readonly Lane lane) => new()
    {
        State = lane.State,
        Incarnation = lane.Incarnation,
        Policy = lane.Policy,
        Quota = lane.Quota,
        ProcessId = lane.ProcessId,
        Cursor = lane.Cursor, // step: scan_cursor
    };

    /// <summary>Looks for a value that no correct consumer writes.</summary>
    public readonly LaneFault FindFault(PoolGeometry geometry, ulong published) => this switch
    {
        { State: > (uint)LaneState.Leaving } => LaneFault.State,
        { Incarnation: 0 } => LaneFault.Incarnation,
        _ when !OverflowPolicy.IsKind(Policy) => LaneFault.Policy,
        { StrayBits: not 0 } => LaneFault.HeldBytes,
        _ when Quota == 0 || Quota > (uint)SizingRule.LargestQuota(Policy, geometry) => LaneFault.Quota,
        _ when Cursor == 0 || Cursor > published + 1 => LaneFault.Cursor,
        _ => LaneFault.None,
    };

    /// <summary>Says which word has which value.</summary>
    /// <remarks>
    /// Apart from the finding, which scans do for every lane: the frame of a method that makes texts is cleared
    /// whenever it is entered.
    /// </remarks>
    public readonly string Describe(LaneFault fault, PoolGeometry geometry, ulong published) => fault switch
    {
        LaneFault.State => $"state {State}",
        LaneFault.Incarnation => $"incarnation {Incarnation}",
        LaneFault.Policy => $"policy {Policy}",
        LaneFault.HeldBytes => $"held bytes other than 0 and 1 (0x{StrayBits:X16})",
        LaneFault.Quota =>
            $"quota {Quota} where at most {SizingRule.LargestQuota(Policy, geometry)} may be held",
        LaneFault.Cursor => $"cursor {Cursor} with {published} frames published",
        LaneFault.Changes => $"state or incarnation changed {LaneJudge.MostChanges} times while they were read",
        LaneFault.Overdrawn => $"{HeldCount} buffers held with a quota of {Quota}",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "There is nothing to describe."),
    };
}
