namespace Bips.Benchmarks.Alternatives;

/// <summary>Copies each frame into a mapped file.</summary>
internal sealed class MappedFileSender : IFrameSender
{
    private readonly MappedFile _file;
    private readonly byte[] _buffer;
    private ulong _number;

    public MappedFileSender(MappedFile file)
    {
        _file = file;
        _buffer = GC.AllocateArray<byte>(file.FrameSize, pinned: true);
        file.Initialise();
    }

    public void Connect()
    {
        // There is nobody to wait for: the semaphores count.
    }

    public Span<byte> Frame(int length) => _buffer.AsSpan(0, length);

    public void Send(int length)
    {
        for (int receiver = 0; receiver < _file.Receivers; receiver++)
        {
            _file.WaitForFree(receiver);
        }

        Frame(length).CopyTo(_file.Slot(_number));
        _file.Length(_number++) = length;
        for (int receiver = 0; receiver < _file.Receivers; receiver++)
        {
            _file.PostFilled(receiver);
        }
    }

    public void Dispose()
    {
        // The trial's directory goes, and the file with it.
    }
}
