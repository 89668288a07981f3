using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Receives through a <see cref="PipeReader"/> over a Unix socket.</summary>
internal sealed class PipelinesReceiver(Station station, StreamPlan plan) : IFrameReceiver
{
    private const int LeastCapacity = 64 * 1024;

    private readonly PipeReader _reader = PipeReader.Create(new BlockingStream(SocketListener.Connect(station)),
        new StreamPipeReaderOptions(bufferSize: Math.Max(LeastCapacity,
            ByteStreamSender.HeaderLength + plan.FrameSize)));

    /// <summary>
    /// Joins a frame that came in two pieces, because the reader of the payload wants one piece, as users do.
    /// </summary>
    private readonly byte[] _whole = GC.AllocateArray<byte>(plan.FrameSize, pinned: true);

    private SequencePosition _end;

    public ReadOnlySpan<byte> Receive()
    {
        while (true)
        {
            ValueTask<ReadResult> read = _reader.ReadAsync();
            ReadResult result = read.IsCompletedSuccessfully ? read.Result : read.AsTask().GetAwaiter().GetResult();
            if (TryTake(result.Buffer, out ReadOnlySequence<byte> frame))
            {
                return InOnePiece(frame);
            }

            if (result.IsCompleted)
            {
                throw new EndOfStreamException("The sender is gone.");
            }

            _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public void Release() => _reader.AdvanceTo(_end);

    public void Dispose() => _reader.Complete();

    private bool TryTake(ReadOnlySequence<byte> received, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (received.Length < ByteStreamSender.HeaderLength)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[ByteStreamSender.HeaderLength];
        received.Slice(0, ByteStreamSender.HeaderLength).CopyTo(header);
        int length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (received.Length < ByteStreamSender.HeaderLength + length)
        {
            return false;
        }

        frame = received.Slice(ByteStreamSender.HeaderLength, length);
        _end = frame.End;
        return true;
    }

    private ReadOnlySpan<byte> InOnePiece(ReadOnlySequence<byte> frame)
    {
        if (frame.IsSingleSegment)
        {
            return frame.FirstSpan;
        }

        Span<byte> whole = _whole.AsSpan(0, (int)frame.Length);
        frame.CopyTo(whole);
        return whole;
    }
}
