namespace Bips.Layout;

/// <summary>What a lane is used for, in <see cref="Lane.State"/>.</summary>
internal enum LaneState : uint
{
    /// <summary>Nobody's: the other words mean nothing.</summary>
    Free = 0,

    /// <summary>A consumer reads: its cursor and its held bytes count.</summary>
    Active = 1,

    /// <summary>A consumer that was closed with leases open: only its held bytes count.</summary>
    Leaving = 2,
}
