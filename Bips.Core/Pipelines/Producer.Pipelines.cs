using System.IO.Pipelines;
using Bips.Pipelines;
using Bips.Signaler;

namespace Bips;

/// <content>Frames as a pipe.</content>
public sealed unsafe partial class Producer
{
    /// <summary>This producer as a <see cref="PipeWriter"/>: what it hands out is the shared buffer itself.</summary>
    /// <remarks>
    /// <para>A flush publishes what was written since the last one as one frame, nothing if nothing was written, and then takes the next
    /// buffer, waiting for it if consumers have all: that is the back-pressure. The first buffer is taken, without a wait, when
    /// memory is first asked for; so it is after a flush whose wait was cancelled, and <see cref="InvalidOperationException"/> says
    /// that there is none. A frame ends where its buffer ends: more is an <see cref="ArgumentOutOfRangeException"/> that names the
    /// sizes. The writer keeps one write lease; whoever also pulls from the producer needs
    /// <see cref="PoolOptions.WriteLeases"/> for both.</para>
    /// <para>Completing publishes what was written and ends the stream. Completing with an exception publishes nothing and leaves the
    /// pool as a crash would: consumers get <see cref="PullStatus.ProducerLost"/>, and a successor may take over.</para>
    /// </remarks>
    /// <param name="options">How flushes become frames; null for the defaults.</param>
    /// <returns>The writer; completing it disposes this producer, unless it is to be left open.</returns>
    /// <example>
    /// <code>
    /// PipeWriter writer = Producer.Create("events", new PoolOptions { BufferSize = 1 &lt;&lt; 16 }).AsPipeWriter();
    /// await using var json = new Utf8JsonWriter(writer);
    /// foreach (Event next in events)
    /// {
    ///     JsonSerializer.Serialize(json, next);      // straight into shared memory
    ///     json.Reset();
    ///     await writer.FlushAsync(stopping);         // one frame
    /// }
    /// </code>
    /// </example>
    public PipeWriter AsPipeWriter(FramePipeWriterOptions? options = null) =>
        new FramePipeWriter(this, options ?? new FramePipeWriterOptions());

    /// <summary>Whether anybody is attached; a killed consumer counts until its lane is reaped.</summary>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    internal bool HasConsumers()
    {
        Lock? beside = Enter();
        try
        {
            return _lanes.HasConsumers();
        }
        finally
        {
            Exit(beside);
        }
    }

    /// <summary>As <see cref="Dispose"/>, but the stream does not end: to consumers it is as if this process had been killed.</summary>
    internal void Abandon()
    {
        if (!ForkGuard.IsForkedChild)
        {
            _detachment.Begin(ref _gate, EndWait, StopWaiting);
        }
    }
}
