namespace Bips.Protocol;

/// <summary>What a lane counts for, as judged from one copy of its words.</summary>
internal enum LaneStanding
{
    /// <summary>Nobody's.</summary>
    Free,

    /// <summary>What it says counts; of a consumer that leaves or stalled, only what it holds.</summary>
    Heeded,

    /// <summary>It was evicted as broken before: it counts for nothing.</summary>
    Evicted,

    /// <summary>It shows a fault: whoever may evict should do so now.</summary>
    Broken,
}
