using System.Buffers.Binary;
using System.IO.Pipelines;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Sends through a <see cref="PipeWriter"/> over a Unix socket to each receiver.</summary>
internal sealed class PipelinesSender(Station station, StreamPlan plan) : IFrameSender
{
    private readonly SocketListener _listener = new(station, plan.Sinks);
    private PipeWriter[] _writers = [];

    public void Connect() =>
        _writers = [.. _listener.AcceptAll().Select(socket => PipeWriter.Create(new BlockingStream(socket)))];

    /// <summary>In the first writer's memory; for every other receiver it is copied once more.</summary>
    public Span<byte> Frame(int length) =>
        _writers[0].GetSpan(ByteStreamSender.HeaderLength + length).Slice(ByteStreamSender.HeaderLength, length);

    public void Send(int length)
    {
        int whole = ByteStreamSender.HeaderLength + length;
        Span<byte> message = _writers[0].GetSpan(whole)[..whole];
        BinaryPrimitives.WriteInt32LittleEndian(message, length);
        foreach (PipeWriter writer in _writers.AsSpan(1))
        {
            message.CopyTo(writer.GetSpan(whole));
        }

        foreach (PipeWriter writer in _writers)
        {
            writer.Advance(whole);
            ValueTask<FlushResult> flush = writer.FlushAsync();
            _ = flush.IsCompletedSuccessfully ? flush.Result : flush.AsTask().GetAwaiter().GetResult();
        }
    }

    public void Dispose()
    {
        foreach (PipeWriter writer in _writers)
        {
            writer.Complete();
        }

        _listener.Dispose();
    }
}
