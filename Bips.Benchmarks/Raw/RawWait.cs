namespace Bips.Benchmarks.Raw;

/// <summary>How the receiver of a raw channel waits.</summary>
internal enum RawWait
{
    /// <summary>The tightest loop there is.</summary>
    Tight,

    /// <summary>
    /// With a pause instruction in the loop, which leaves the line to the sender for longer. On some processors, and
    /// between some cores, this is faster than the tight loop.
    /// </summary>
    Relaxed,

    /// <summary>Asleep on a futex, which the sender wakes each time.</summary>
    Futex,

    /// <summary>Tight, and payload and flag are one line: the least that two cores can exchange.</summary>
    Line,
}
