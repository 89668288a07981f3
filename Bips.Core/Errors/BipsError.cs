namespace Bips;

/// <summary>What went wrong, for programs; <see cref="Exception.Message"/> says it for people.</summary>
public enum BipsError
{
    /// <summary>A system call failed in a way that none of the others describes.</summary>
    System = 1,

    /// <summary>No pool has this name, or none became ready in the time given.</summary>
    PoolNotFound,

    /// <summary>A file of this name exists and is not a pool.</summary>
    NotAPool,

    /// <summary>
    /// The pool was made by another version of the layout, another byte order or another word width; or its frames are
    /// of another struct than the one asked for.
    /// </summary>
    Incompatible,

    /// <summary>The pool contradicts itself: truncated, overwritten, or written by a faulty program.</summary>
    Corrupt,

    /// <summary>The caller may not open, create or replace the pool's objects.</summary>
    AccessDenied,

    /// <summary>The file system cannot hold the pool.</summary>
    NoSpace,

    /// <summary>Another live producer has this pool.</summary>
    ProducerActive,

    /// <summary>The pool's producer died and no other has taken over.</summary>
    ProducerLost,

    /// <summary>Every lane of the pool is taken by a live consumer.</summary>
    TooManyConsumers,

    /// <summary>The sizing rule does not hold: the producer could be left without a buffer.</summary>
    PoolTooSmall,

    /// <summary>More leases are open than was asked for.</summary>
    LeaseLimit,

    /// <summary>The lease was given back already, or its owner was disposed.</summary>
    LeaseEnded,

    /// <summary>The call was made in a forked child of the process that opened the pool.</summary>
    ForkedChild,

    /// <summary>
    /// Another producer made a new pool under this name; enumerations end with it, pulls return a status.
    /// </summary>
    PoolReplaced,

    /// <summary>The producer evicted this consumer; enumerations end with it, pulls return a status.</summary>
    Evicted,
}
