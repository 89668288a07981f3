namespace Bips.Tests.Async;

/// <summary>What ends a wait of a random round.</summary>
public enum RandomEnd
{
    /// <summary>What it waits for comes: a frame, or a free buffer.</summary>
    Delivery,

    /// <summary>The caller cancels.</summary>
    Cancellation,

    /// <summary>Another thread disposes who waits.</summary>
    Dispose,

    /// <summary>The other side goes in good order.</summary>
    PeerEnds,

    /// <summary>
    /// The lock that stands for the other side's life is dropped, which is all that the kernel does at a death.
    /// </summary>
    PeerDies,

    /// <summary>The other side is another process, and killed.</summary>
    PeerKilled,
}
