using System.Buffers;

namespace Bips.Pipelines;

/// <summary>
/// A held frame as part of what a reader returns. Used again and again, for one frame after the other.
/// </summary>
internal sealed class FrameSegment : ReadOnlySequenceSegment<byte>
{
    private StoredReadLease _lease;

    /// <summary>Where the frame ends in the stream of all frames.</summary>
    public long End => RunningIndex + Memory.Length;

    /// <param name="lease">What is read until <see cref="Release"/>.</param>
    /// <param name="start">Where the frame begins in the stream of all frames.</param>
    public void Hold(StoredReadLease lease, long start)
    {
        _lease = lease;
        Memory = lease.Memory;
        RunningIndex = start;
        Next = null;
    }

    /// <summary>Puts another one behind this one.</summary>
    public void Link(FrameSegment? next) => Next = next;

    /// <summary>Gives the frame back.</summary>
    /// <returns>The segment that was behind it.</returns>
    public FrameSegment? Release()
    {
        var next = (FrameSegment?)Next;
        Memory = default;
        Next = null;
        _lease.Dispose();
        _lease = default;
        return next;
    }
}
