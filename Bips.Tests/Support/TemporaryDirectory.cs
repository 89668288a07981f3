using Mono.Unix.Native;

namespace Bips.Tests.Support;

/// <summary>A directory of its own in shared memory, gone at the end with all that is in it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    /// <param name="mode">Permission bits, for example that of <c>/dev/shm</c> itself.</param>
    public TemporaryDirectory(UnixFileMode mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
    {
        Path = $"/dev/shm/test-{Guid.NewGuid():N}";
        Directory.CreateDirectory(Path);
        Assert.That(Syscall.chmod(Path, (FilePermissions)mode), Is.Zero);
    }

    public string Path { get; }

    public string[] Files => Directory.GetFiles(Path);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
