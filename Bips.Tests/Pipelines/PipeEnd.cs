namespace Bips.Tests.Pipelines;

/// <summary>What ends a read or flush of a random round.</summary>
public enum PipeEnd
{
    /// <summary>What it waits for comes: a frame, or a free buffer.</summary>
    Delivery,

    /// <summary><c>CancelPendingRead</c> or <c>CancelPendingFlush</c>.</summary>
    Request,

    /// <summary>The caller's token.</summary>
    Cancellation,

    /// <summary>Another thread completes who waits.</summary>
    Completion,

    /// <summary>The other side goes in good order.</summary>
    PeerEnds,

    /// <summary>The other side dies: here, the lock that stands for its life is dropped, as the kernel does.</summary>
    PeerDies,
}
