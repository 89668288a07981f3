namespace Bips;

/// <summary>A consumer that the producer evicted.</summary>
/// <param name="Lane">Number of its lane.</param>
/// <param name="ProcessId">Its process id as it wrote it, in its own PID namespace.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">What was found, for people: the word and its value.</param>
public sealed record LaneEviction(int Lane, int ProcessId, EvictionReason Reason, string Detail);
