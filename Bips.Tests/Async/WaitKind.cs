namespace Bips.Tests.Async;

/// <summary>Every way to wait.</summary>
public enum WaitKind
{
    /// <summary>A consumer's <c>Pull</c>, on a thread of its own.</summary>
    Pull,

    /// <summary>A consumer's <c>PullAsync</c>.</summary>
    PullAsync,

    /// <summary>A consumer's <c>ReadAllAsync</c>.</summary>
    ReadAllAsync,

    /// <summary>A <c>WaitSet</c> with a consumer in it.</summary>
    WaitSet,

    /// <summary>A <c>PipeReader</c>'s <c>ReadAsync</c>.</summary>
    ReadAsync,

    /// <summary><c>poll</c> on a consumer's <c>ReadableHandle</c>. It has nothing that could cancel it.</summary>
    Handle,

    /// <summary>A producer's <c>Pull</c>, on a thread of its own.</summary>
    BufferPull,

    /// <summary>A producer's <c>PullAsync</c>.</summary>
    BufferPullAsync,

    /// <summary>A <c>WaitSet</c> with a producer in it.</summary>
    BufferWaitSet,

    /// <summary>A <c>PipeWriter</c>'s <c>FlushAsync</c>.</summary>
    FlushAsync,
}
