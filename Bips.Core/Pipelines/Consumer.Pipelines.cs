using System.IO.Pipelines;
using Bips.Pipelines;

namespace Bips;

/// <content>Frames as a pipe.</content>
public sealed unsafe partial class Consumer
{
    /// <summary>This consumer as a <see cref="PipeReader"/>: what is read is the frame in shared memory itself.</summary>
    /// <remarks>
    /// <para>A frame is given back when it is consumed to its end; what was read is not to be used after that. A read returns what was
    /// not consumed again, alone while some of it was not examined, else with the next frame; so a reader that examines frames
    /// without consuming them needs a consumer that may hold several. One that can get no more gets a <see cref="BipsException"/>
    /// with <see cref="BipsError.LeaseLimit"/>, not a dead-lock. A frame without bytes is skipped.</para>
    /// <para><see cref="ReadResult.IsCompleted"/> is the end of the stream. A read fails when the frames end otherwise: with
    /// <see cref="BipsError.ProducerLost"/> (read again to wait for a successor), <see cref="BipsError.PoolReplaced"/> or
    /// <see cref="BipsError.Evicted"/> (open again). Do not pull from the consumer while a read is pending.</para>
    /// </remarks>
    /// <param name="options">How frames become reads; null for one frame per read.</param>
    /// <returns>The reader; completing it gives everything back and disposes this consumer, unless it is to be left open.</returns>
    /// <example>
    /// <code>
    /// PipeReader reader = Consumer.Open("events").AsPipeReader();
    /// while (await reader.ReadAsync(stopping) is { IsCompleted: false } read)
    /// {
    ///     Handle(read.Buffer);
    ///     reader.AdvanceTo(read.Buffer.End);
    /// }
    /// </code>
    /// </example>
    public PipeReader AsPipeReader(FramePipeReaderOptions? options = null) =>
        new FramePipeReader(this, options ?? new FramePipeReaderOptions());

    /// <summary>Whether another frame may be held. The pulling thread's.</summary>
    internal bool HasRoom => _leases.HasRoom();
}
