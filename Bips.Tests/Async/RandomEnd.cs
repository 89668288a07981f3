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

    /// <summary>The other side dies.</summary>
    PeerDies,
}
