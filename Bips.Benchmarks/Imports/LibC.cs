using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bips.Benchmarks.Imports;

/// <summary>The libc calls that only the harness needs.</summary>
internal static unsafe partial class LibC
{
    /// <summary>Bytes of a processor mask: 8192 processors, as many as a kernel can have.</summary>
    public const int MaskLength = 1024;

    /// <summary>The library that has semaphores, both before and after they moved into libc.</summary>
    private const string Threads = "libpthread.so.0";

    public const int F_SETPIPE_SZ = 1031;

    public const int EINTR = 4;

    public const int SIGKILL = 9;

    public const int PR_SET_PDEATHSIG = 1;

    /// <summary>Mode of a file that only its owner may read and write.</summary>
    public const uint OwnerOnly = 0x180;

    public const int CLOCK_THREAD_CPUTIME_ID = 3;

    [StructLayout(LayoutKind.Sequential)]
    public struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <param name="thread">Zero for the calling thread.</param>
    /// <param name="length">Bytes of the mask.</param>
    /// <param name="mask">One bit per processor.</param>
    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int thread, nuint length, byte* mask);

    /// <inheritdoc cref="SetAffinity"/>
    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    public static partial int GetAffinity(int thread, nuint length, byte* mask);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int GetTime(int clock, Timespec* time);

    /// <summary>
    /// With <see cref="PR_SET_PDEATHSIG"/>: the signal that this process gets when the one that started it ends.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int ControlProcess(int option, nuint argument);

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int MakeFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(SafeFileHandle file, int command, nint argument);

    /// <param name="semaphore">32 bytes.</param>
    /// <param name="isShared">Nonzero: between processes.</param>
    /// <param name="value">Its count.</param>
    [LibraryImport(Threads, EntryPoint = "sem_init", SetLastError = true)]
    public static partial int InitialiseSemaphore(byte* semaphore, int isShared, uint value);

    [LibraryImport(Threads, EntryPoint = "sem_wait", SetLastError = true)]
    public static partial int WaitForSemaphore(byte* semaphore);

    [LibraryImport(Threads, EntryPoint = "sem_post", SetLastError = true)]
    public static partial int PostSemaphore(byte* semaphore);
}
