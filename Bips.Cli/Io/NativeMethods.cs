using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bips.Cli.Io;

/// <summary>The system calls that the framework has no exact equivalent of.</summary>
internal static unsafe partial class NativeMethods
{
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int ENOSPC = 28;
    public const int EPIPE = 32;
    public const short POLLIN = 1;
    public const short POLLOUT = 4;
    public const int F_SETPIPE_SZ = 1031;

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeFileHandle file, long offset, int origin);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    /// <remarks>Variadic in C; on x86-64 and arm64 Linux an integer argument is passed the same way.</remarks>
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(SafeFileHandle file, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFifo(string path, uint mode);

    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
