namespace Bips;

/// <summary>What happens to a consumer that is slower than its producer.</summary>
public enum OverflowKind
{
    /// <summary>The producer waits; nothing is lost.</summary>
    Block,

    /// <summary>The oldest frames are lost, just as many as the producer needs buffers.</summary>
    DropOldest,

    /// <summary>Every pull gets one of the newest frames; what lies before is lost.</summary>
    Latest,
}
