using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bips.Signaler.Kernel;

/// <summary>The libc calls that the framework lacks; every native call that Bips makes is declared here.</summary>
/// <remarks>Values are those of Linux on x86-64 and arm64, which agree but for the futex system call numbers.</remarks>
internal static unsafe partial class LibC
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EINTR = 4;
    public const int ENXIO = 6;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EFAULT = 14;
    public const int EEXIST = 17;
    public const int EISDIR = 21;
    public const int EINVAL = 22;
    public const int ENOSPC = 28;
    public const int ELOOP = 40;
    public const int EOPNOTSUPP = 95;
    public const int ETIMEDOUT = 110;

    public const int O_RDONLY = 0;
    public const int O_RDWR = 2;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const int O_NOFOLLOW_X64 = 0x20000;
    public const int O_NOFOLLOW_ARM64 = 0x8000;
    public const int O_DIRECTORY_X64 = 0x10000;
    public const int O_DIRECTORY_ARM64 = 0x4000;
    public const int TMPFILE_BIT = 0x400000;

    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 1;
    public const int MAP_PRIVATE = 2;
    public const int MAP_ANONYMOUS = 0x20;

    public const int MADV_WIPEONFORK = 18;
    public const int MADV_POPULATE_READ = 22;
    public const int MADV_POPULATE_WRITE = 23;
    public const int MADV_COLLAPSE = 25;

    public const int FUTEX_WAKE = 1;
    public const int FUTEX_WAIT_BITSET = 9;
    public const uint FUTEX_BITSET_MATCH_ANY = 0xFFFFFFFF;
    public const uint FUTEX2_SIZE_U32 = 2;
    public const int CLOCK_MONOTONIC = 1;
    public const int PR_SET_NAME = 15;
    public const int EFD_NONBLOCK = O_NONBLOCK;
    public const int EFD_CLOEXEC = O_CLOEXEC;

    public const int F_OFD_GETLK = 36;
    public const int F_OFD_SETLK = 37;
    public const short F_WRLCK = 1;
    public const short F_UNLCK = 2;

    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_SYMLINK_FOLLOW = 0x400;
    public const int AT_EMPTY_PATH = 0x1000;
    public const uint STATX_BASIC_STATS = 0x7FF;

    public const int IN_NONBLOCK = 0x800;
    public const int IN_CLOEXEC = O_CLOEXEC;
    public const uint IN_CREATE = 0x100;
    public const uint IN_MOVED_TO = 0x80;
    public const short POLLIN = 1;

    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static int O_NOFOLLOW => IsArm64 ? O_NOFOLLOW_ARM64 : O_NOFOLLOW_X64;

    public static int O_TMPFILE => TMPFILE_BIT | (IsArm64 ? O_DIRECTORY_ARM64 : O_DIRECTORY_X64);

    private static readonly long s_futexNumber = IsArm64 ? 98 : 202;

    /// <summary>System calls newer than Linux 5.0 have one number on every architecture.</summary>
    private const long FutexWaitVNumber = 449;

    [StructLayout(LayoutKind.Sequential)]
    public struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>One word of a wait for several: <c>struct futex_waitv</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FutexWaiter
    {
        public ulong Expected;
        public uint* Word;
        public uint Flags;
        public uint Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Pid;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>What <c>statx</c> says of a file; the layout is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatus
    {
        [FieldOffset(0x14)] public uint OwnerId;
        [FieldOffset(0x18)] public uint GroupId;
        [FieldOffset(0x1C)] public ushort Mode;
        [FieldOffset(0x20)] public ulong Inode;
        [FieldOffset(0x28)] public ulong Size;
        [FieldOffset(0x30)] public ulong Blocks;
        [FieldOffset(0x88)] public uint DeviceMajor;
        [FieldOffset(0x8C)] public uint DeviceMinor;
    }

    /// <returns>Zero or more, or minus errno.</returns>
    public static long FutexWait(uint* word, uint expected, Timespec* absoluteDeadline)
    {
        long result = Syscall(s_futexNumber, word, FUTEX_WAIT_BITSET, expected, absoluteDeadline, null,
            FUTEX_BITSET_MATCH_ANY);
        return result >= 0 ? result : -Marshal.GetLastPInvokeError();
    }

    /// <returns>Number of waiters woken, or minus errno.</returns>
    public static long FutexWake(uint* word, int count)
    {
        long result = Syscall(s_futexNumber, word, FUTEX_WAKE, (uint)count, null, null, 0);
        return result >= 0 ? result : -Marshal.GetLastPInvokeError();
    }

    /// <returns>Index of a word that was woken, or minus errno.</returns>
    public static long FutexWaitV(FutexWaiter* words, uint count, Timespec* absoluteDeadline)
    {
        long result = Syscall(FutexWaitVNumber, words, count, 0, absoluteDeadline, CLOCK_MONOTONIC);
        return result >= 0 ? result : -Marshal.GetLastPInvokeError();
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Syscall(
        long number, FutexWaiter* words, ulong count, ulong flags, Timespec* timeout, long clock);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Syscall(long number, uint* word, long operation, uint value, Timespec* timeout,
        uint* word2, uint value3);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LinkAt(int oldDirectory, string oldPath, int newDirectory, string newPath, int flags);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int FTruncate(SafeFileHandle file, long length);

    /// <returns>Zero or an errno (this call does not set errno).</returns>
    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    public static partial int PosixFAllocate(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int FChmod(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    public static partial int FChown(SafeFileHandle file, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial byte* MMap(byte* address, nuint length, int protection, int flags, SafeFileHandle file,
        long offset);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial byte* MMapAnonymous(byte* address, nuint length, int protection, int flags, int file,
        long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int MUnmap(byte* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int MAdvise(byte* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "mlock", SetLastError = true)]
    public static partial int MLock(byte* address, nuint length);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FileControl(SafeFileHandle file, int command, FileLock* fileLock);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatX(int directory, string path, int flags, uint mask, FileStatus* status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatX(SafeFileHandle file, string path, int flags, uint mask, FileStatus* status);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial int INotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    public static partial int INotifyAddWatch(SafeFileHandle watcher, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "prctl", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int PrCtl(int option, string name);

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    public static partial nint GetRandom(byte* buffer, nuint length, uint flags);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeHandle file, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeHandle file, byte* buffer, nuint length);
}
