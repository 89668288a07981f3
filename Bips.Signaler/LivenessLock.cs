using System.Runtime.InteropServices;
using Bips.Signaler.Kernel;
using Microsoft.Win32.SafeHandles;

namespace Bips.Signaler;

/// <summary>
/// Proof of life: an open-file-description lock on one byte of a file, which the kernel drops when its holder dies,
/// however it dies, and which other PID namespaces see.
/// </summary>
/// <remarks>
/// The lock belongs to the open file, not to the process: two handles opened by one process exclude each other, and a
/// forked child that inherits the handle keeps the lock alive (see <see cref="ForkGuard"/>), as does a memory mapping
/// that was made with it, and a forked child's copy of that: map through another open file. A stopped process keeps its
/// locks. Thread-safe; allocates nothing. Source: fcntl(2), "Open file description locks".
/// </remarks>
public static unsafe class LivenessLock
{
    /// <summary>Takes the lock on byte <paramref name="offset"/> if nobody holds it.</summary>
    /// <param name="file">Opened for reading and writing.</param>
    /// <param name="offset">The byte; it need not exist.</param>
    /// <exception cref="IOException">The kernel refuses for another reason than that it is held.</exception>
    public static bool TryAcquire(SafeFileHandle file, long offset)
    {
        LibC.FileLock range = OneByte(LibC.F_WRLCK, offset);
        if (LibC.FileControl(file, LibC.F_OFD_SETLK, &range) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error is LibC.EAGAIN or LibC.EACCES ? false : throw Failed("take", offset, error);
    }

    /// <summary>Gives the lock back; nothing happens if this handle does not hold it.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static void Release(SafeFileHandle file, long offset)
    {
        LibC.FileLock range = OneByte(LibC.F_UNLCK, offset);
        if (LibC.FileControl(file, LibC.F_OFD_SETLK, &range) != 0)
        {
            throw Failed("release", offset, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>
    /// Whether another handle than <paramref name="file"/> holds the lock, that is: whether its holder lives.
    /// </summary>
    /// <remarks>A read lock, which whoever may only read the file can take, is no proof of anything.</remarks>
    /// <param name="file">May be opened for reading only.</param>
    /// <param name="offset">The byte.</param>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static bool IsHeldElsewhere(SafeFileHandle file, long offset)
    {
        LibC.FileLock range = OneByte(LibC.F_WRLCK, offset);
        return LibC.FileControl(file, LibC.F_OFD_GETLK, &range) == 0
            ? range.Type == LibC.F_WRLCK
            : throw Failed("query", offset, Marshal.GetLastPInvokeError());
    }

    private static LibC.FileLock OneByte(short type, long offset) => new() { Type = type, Start = offset, Length = 1 };

    private static IOException Failed(string what, long offset, int error) =>
        new($"Cannot {what} the liveness lock on byte {offset}: {Marshal.GetPInvokeErrorMessage(error)} " +
            $"(errno {error}). The file system must support open-file-description locks.");
}
