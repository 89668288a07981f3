using System.Buffers.Binary;

namespace Bips.Benchmarks.Alternatives;

/// <summary>
/// Receives frames that come as bytes, each behind its length, and takes many at a time when they are small.
/// </summary>
internal sealed class ByteStreamReceiver(Stream stream, int largest) : IFrameReceiver
{
    private const int LeastCapacity = 64 * 1024;

    private readonly byte[] _buffer = GC.AllocateArray<byte>(
        Math.Max(LeastCapacity, ByteStreamSender.HeaderLength + largest), pinned: true);

    private int _start;
    private int _end;
    private int _length;

    public ReadOnlySpan<byte> Receive()
    {
        Fill(ByteStreamSender.HeaderLength);
        _length = ByteStreamSender.HeaderLength + BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
        Fill(_length);
        return _buffer.AsSpan(_start, _length)[ByteStreamSender.HeaderLength..];
    }

    public void Release()
    {
        _start += _length;
        if (_start == _end)
        {
            _start = _end = 0;
        }
    }

    public void Dispose() => stream.Dispose();

    private void Fill(int needed)
    {
        if (_start + needed > _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        while (_end - _start < needed)
        {
            int read = stream.Read(_buffer.AsSpan(_end));
            _end += read > 0 ? read : throw new EndOfStreamException("The sender is gone.");
        }
    }
}
