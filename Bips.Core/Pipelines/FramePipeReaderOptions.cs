using System.IO.Pipelines;

namespace Bips;

/// <summary>How <see cref="Consumer.AsPipeReader"/> makes reads of frames. Everything has a default.</summary>
public sealed record FramePipeReaderOptions
{
    /// <summary>
    /// False (the default): a read takes one frame. True: all frames that are there, as many as the consumer may hold
    /// (<see cref="ConsumerOptions.MaximumHeld"/>), as one sequence of bytes whose frames no longer show.
    /// </summary>
    public bool JoinFrames { get; init; }

    /// <summary>
    /// Where what follows a read that had to wait runs. With <see cref="PipeScheduler.ThreadPool"/> and
    /// <see cref="PipeScheduler.Inline"/> it is the thread pool: the thread that waits is never lent.
    /// </summary>
    public PipeScheduler Scheduler { get; init; } = PipeScheduler.ThreadPool;

    /// <summary>Whether the consumer stays open when the reader completes; else it is disposed.</summary>
    public bool LeaveOpen { get; init; }
}
