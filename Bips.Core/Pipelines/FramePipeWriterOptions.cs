using System.IO.Pipelines;

namespace Bips;

/// <summary>How <see cref="Producer.AsPipeWriter"/> makes frames of flushes. Everything has a default.</summary>
public sealed record FramePipeWriterOptions
{
    /// <summary>
    /// Where what follows a flush that had to wait runs. With <see cref="PipeScheduler.ThreadPool"/> and
    /// <see cref="PipeScheduler.Inline"/> it is the thread pool: the thread that waits is never lent.
    /// </summary>
    public PipeScheduler Scheduler { get; init; } = PipeScheduler.ThreadPool;

    /// <summary>Whether the producer stays open when the writer completes; else it is disposed.</summary>
    public bool LeaveOpen { get; init; }

    /// <summary>
    /// Whether a flush says <see cref="FlushResult.IsCompleted"/> once there was a consumer and there is none any more,
    /// as a pipe does whose reader has completed; false (the default) for a pool that is written whoever reads. A
    /// killed consumer counts until the producer needs its buffers.
    /// </summary>
    public bool CompleteWithConsumers { get; init; }
}
