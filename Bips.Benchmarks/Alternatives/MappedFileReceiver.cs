namespace Bips.Benchmarks.Alternatives;

/// <summary>Copies each frame out of a mapped file.</summary>
internal sealed class MappedFileReceiver(MappedFile file, int receiver) : IFrameReceiver
{
    private readonly byte[] _buffer = GC.AllocateArray<byte>(file.FrameSize, pinned: true);
    private ulong _number;

    public ReadOnlySpan<byte> Receive()
    {
        file.WaitForFilled(receiver);
        Span<byte> frame = _buffer.AsSpan(0, file.Length(_number));
        file.Slot(_number)[..frame.Length].CopyTo(frame);
        file.PostFree(receiver);
        _number++;
        return frame;
    }

    public void Release()
    {
        // The slot went back when it had been copied.
    }

    public void Dispose()
    {
        // The trial's directory goes, and the file with it.
    }
}
