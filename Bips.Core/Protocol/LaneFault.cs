namespace Bips.Protocol;

/// <summary>What a lane shows that no correct consumer writes.</summary>
internal enum LaneFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A state that does not exist.</summary>
    State,

    /// <summary>The incarnation zero, which nobody has.</summary>
    Incarnation,

    /// <summary>A policy that does not exist.</summary>
    Policy,

    /// <summary>Held bytes other than 0 and 1.</summary>
    HeldBytes,

    /// <summary>A quota of zero, or above what may be held.</summary>
    Quota,

    /// <summary>A cursor of zero, or beyond the next frame.</summary>
    Cursor,

    /// <summary>It changed hands more often while it was read than joiners ever manage.</summary>
    Changes,

    /// <summary>More buffers held all the while than the quota allows.</summary>
    Overdrawn,
}
