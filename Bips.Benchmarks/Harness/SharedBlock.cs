using System.IO.MemoryMappedFiles;

namespace Bips.Benchmarks.Harness;

/// <summary>
/// Plain shared memory: a file in the trial's directory, mapped by every process, every page of it touched.
/// </summary>
internal sealed unsafe class SharedBlock : IDisposable
{
    private const int PageSize = 4096;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    private SharedBlock(MemoryMappedFile file)
    {
        _file = file;
        _view = file.CreateViewAccessor();
        byte* address = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref address);
        Address = address;
        for (long offset = 0; offset < _view.Capacity; offset += PageSize)
        {
            Interlocked.Add(ref *(int*)(address + offset), 0);
        }
    }

    /// <summary>First byte; valid until disposed.</summary>
    public byte* Address { get; }

    /// <summary>Makes a zeroed block.</summary>
    public static SharedBlock Create(string path, long length) =>
        new(MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, mapName: null, length));

    /// <summary>Opens a block that another process made.</summary>
    public static SharedBlock Open(string path) => new(MemoryMappedFile.CreateFromFile(path, FileMode.Open));

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
