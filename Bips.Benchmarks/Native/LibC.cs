using System.Runtime.InteropServices;

namespace Bips.Benchmarks.Native;

/// <summary>The libc calls that only the harness needs.</summary>
internal static unsafe partial class LibC
{
    /// <summary>Bytes of a processor mask: 8192 processors, as many as a kernel can have.</summary>
    public const int MaskLength = 1024;

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
}
