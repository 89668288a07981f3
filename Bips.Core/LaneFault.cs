namespace Bips;

/// <summary>A word of a lane with a value that no correct consumer writes.</summary>
internal enum LaneFault
{
    None,
    State,
    Incarnation,
    Policy,
    HeldBytes,
    Quota,
    Cursor,
}
