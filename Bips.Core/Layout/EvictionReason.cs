namespace Bips;

/// <summary>Why a producer stopped waiting for a consumer.</summary>
public enum EvictionReason
{
    /// <summary>Not evicted.</summary>
    None,

    /// <summary>It took nothing for longer than <see cref="PoolOptions.EvictStalledAfter"/> while the producer waited
    /// for it. What it holds stays intact until it gives it back.</summary>
    Stalled,

    /// <summary>Its lane held a value that no correct consumer writes. Nothing in the lane counts any more.</summary>
    Broken,
}
