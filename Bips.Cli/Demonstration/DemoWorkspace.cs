using System.Runtime.InteropServices;
using Bips.Cli.Io;

namespace Bips.Cli.Demonstration;

/// <summary>The demo's temporary directory; it goes with everything in it.</summary>
internal sealed class DemoWorkspace : IDisposable
{
    private const uint OwnerOnly = 0x180;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bips-demo-");

    /// <summary>Where a clip is encoded to.</summary>
    public string Clip => Path.Combine(_directory.FullName, "clip.mkv");

    /// <summary>Makes the named pipe through which ffmpeg feeds the producer.</summary>
    public string MakePipe()
    {
        string path = Path.Combine(_directory.FullName, "video.y4m");
        return NativeMethods.MakeFifo(path, OwnerOnly) == 0
            ? path
            : throw new IOException($"Cannot make the pipe '{path}': {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
