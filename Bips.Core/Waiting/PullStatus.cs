namespace Bips;

/// <summary>How a pull ended. Only <see cref="Success"/> hands out a lease.</summary>
public enum PullStatus
{
    /// <summary>The lease is yours until you push or dispose it.</summary>
    Success,

    /// <summary>No frame (consumer) or no free buffer (producer) within the time given.</summary>
    TimedOut,

    /// <summary>The producer ended the stream and every frame of it has been taken.</summary>
    EndOfStream,

    /// <summary>
    /// The producer died. Frames it had published were delivered before; pull again to wait for a successor.
    /// </summary>
    ProducerLost,

    /// <summary>Another producer made a new pool under this name: open it again.</summary>
    PoolReplaced,

    /// <summary>
    /// The producer evicted this consumer because it stalled or its lane was broken: open again to go on.
    /// </summary>
    Evicted,
}
