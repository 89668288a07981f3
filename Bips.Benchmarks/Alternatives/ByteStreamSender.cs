using System.Buffers.Binary;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Sends frames as bytes, each behind its length, to every receiver in turn.</summary>
internal abstract class ByteStreamSender(int largest) : IFrameSender
{
    /// <summary>Bytes before each frame: its length, and as many more as keep the payload on a word.</summary>
    public const int HeaderLength = 8;

    private readonly byte[] _buffer = GC.AllocateArray<byte>(HeaderLength + largest, pinned: true);
    private IReadOnlyList<Stream> _streams = [];

    public void Connect() => _streams = ConnectAll();

    public Span<byte> Frame(int length) => _buffer.AsSpan(HeaderLength, length);

    public void Send(int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, length);
        foreach (Stream stream in _streams)
        {
            stream.Write(_buffer.AsSpan(0, HeaderLength + length));
        }
    }

    public virtual void Dispose()
    {
        foreach (Stream stream in _streams)
        {
            stream.Dispose();
        }
    }

    /// <summary>Waits for the receivers.</summary>
    protected abstract IReadOnlyList<Stream> ConnectAll();
}
