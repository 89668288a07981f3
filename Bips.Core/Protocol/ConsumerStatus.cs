namespace Bips;

/// <summary>What a producer sees of one consumer. Taken at one moment; the consumer goes on meanwhile.</summary>
/// <param name="Lane">Number of its lane.</param>
/// <param name="ProcessId">Its process id as it wrote it, in its own PID namespace.</param>
/// <param name="Overflow">Its overflow policy.</param>
/// <param name="Lag">Published frames that it has neither taken nor lost.</param>
/// <param name="Held">Buffers that it holds.</param>
/// <param name="Taken">Frames that it has taken.</param>
/// <param name="Lost">Frames that it has lost.</param>
/// <param name="IsEvicted">Whether it was evicted and has not found out yet.</param>
public sealed record ConsumerStatus(int Lane, int ProcessId, OverflowKind Overflow, ulong Lag, int Held, ulong Taken,
    ulong Lost, bool IsEvicted);
