namespace Bips.Protocol;

/// <summary>A frame that a lane has taken.</summary>
internal readonly record struct TakenFrame(int Index, int Length, ulong Sequence, long Timestamp, uint Flags);
