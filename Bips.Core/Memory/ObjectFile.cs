using System.Runtime.InteropServices;
using Bips.Errors;
using Bips.Signaler.Kernel;
using Bips.Signaler.Waiting;
using Microsoft.Win32.SafeHandles;

namespace Bips.Memory;

/// <summary>Files that hold shared memory: made without a name, filled, and given their name in one step.</summary>
internal static unsafe class ObjectFile
{
    private const uint OwnerOnly = 0x180;
    private const int FileTypeBits = 0xF000;
    private const int RegularFile = 0x8000;

    /// <summary>Unit in which the kernel counts what a file occupies, whatever the file system.</summary>
    private const long StatusBlock = 512;

    /// <summary>Space is reserved in steps, because a signal makes the kernel undo the step and start again.</summary>
    private const long ReserveStep = 64L << 20;

    /// <summary>
    /// Makes a file that has no name yet: it is gone when its last user dies before <see cref="Link"/>.
    /// </summary>
    public static SafeFileHandle CreateUnnamed(string directory)
    {
        int descriptor = LibC.Open(directory, LibC.O_TMPFILE | LibC.O_RDWR | LibC.O_CLOEXEC, OwnerOnly);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        int error = Marshal.GetLastPInvokeError();
        string attempt = $"create shared memory in '{directory}'";
        throw error is LibC.EOPNOTSUPP or LibC.EISDIR or LibC.EINVAL
            ? SystemError.From(error, attempt + " (its file system has no O_TMPFILE; use a tmpfs such as /dev/shm)")
            : SystemError.From(error, attempt);
    }

    /// <summary>Reserves memory for the whole file, so that no later access can run out of it.</summary>
    /// <exception cref="BipsException">
    /// <see cref="BipsError.NoSpace"/>, naming the size, what is free, and the mount.
    /// </exception>
    public static void Reserve(SafeFileHandle file, long length, string directory)
    {
        // Asked before, because a reservation that fails half way would have taken the machine's last memory meanwhile.
        if (new DriveInfo(Path.GetFullPath(directory)).AvailableFreeSpace < length)
        {
            throw NoSpace(length, directory);
        }

        for (long offset = 0; offset < length;)
        {
            long step = Math.Min(ReserveStep, length - offset);
            int error = LibC.PosixFAllocate(file, offset, step);
            if (error == 0)
            {
                offset += step;
            }
            else if (error is LibC.ENOSPC or LibC.ENOMEM)
            {
                // Give back what was reserved first, so that "free" means what the caller can have.
                _ = LibC.FTruncate(file, 0);
                throw NoSpace(length, directory);
            }
            else if (error != LibC.EINTR)
            {
                throw SystemError.From(error, $"reserve {length} bytes in '{directory}'");
            }
        }
    }

    /// <summary>Sets owner, group and mode exactly, whatever the umask.</summary>
    public static void SetAccess(SafeFileHandle file, PoolAccess access, string path)
    {
        (UnixFileMode mode, uint? owner, uint? group) = access;
        const uint unchanged = uint.MaxValue;
        if ((owner is not null || group is not null) && LibC.FChown(file, owner ?? unchanged, group ?? unchanged) != 0)
        {
            throw SystemError.Last(
                $"give '{path}' to user {owner?.ToString() ?? "(same)"}, group {group?.ToString() ?? "(same)"} " +
                "(the group must be one of the caller's; only root changes the user)");
        }

        if (LibC.FChmod(file, (uint)mode) != 0)
        {
            throw SystemError.Last($"set the mode of '{path}'");
        }
    }

    /// <summary>Gives an unnamed file its name.</summary>
    /// <returns>False when the name is taken.</returns>
    public static bool Link(SafeFileHandle file, string path)
    {
        if (LibC.LinkAt(LibC.AT_FDCWD, SelfPath(file), LibC.AT_FDCWD, path, LibC.AT_SYMLINK_FOLLOW) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == LibC.EEXIST ? false : throw SystemError.From(error, $"give the pool its name '{path}'");
    }

    /// <summary>Opens an object.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="BipsException">It exists and may not be opened, or is no regular file.</exception>
    public static SafeFileHandle? TryOpen(string path, bool writable)
    {
        int flags = (writable ? LibC.O_RDWR : LibC.O_RDONLY) | LibC.O_CLOEXEC | LibC.O_NOFOLLOW | LibC.O_NONBLOCK;
        int descriptor = LibC.Open(path, flags, 0);
        if (descriptor < 0)
        {
            return OpenFailed(Marshal.GetLastPInvokeError(), path, writable);
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if ((Status(file, path).Mode & FileTypeBits) == RegularFile)
        {
            return file;
        }

        file.Dispose();
        return OpenFailed(LibC.EISDIR, path, writable);
    }

    /// <summary>
    /// Opens an open file once more: a lock held through one of the two ends with that one, however long the other
    /// stays open.
    /// </summary>
    /// <exception cref="BipsException">It may not be opened like that, or <c>/proc</c> is not mounted.</exception>
    public static SafeFileHandle OpenAgain(SafeFileHandle file, bool writable, string path)
    {
        int descriptor = LibC.Open(SelfPath(file), (writable ? LibC.O_RDWR : LibC.O_RDONLY) | LibC.O_CLOEXEC, 0);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw SystemError.Last($"open '{path}' once more through /proc/self/fd (which must be mounted)");
    }

    private static string SelfPath(SafeFileHandle file) => $"/proc/self/fd/{file.DangerousGetHandle()}";

    private static SafeFileHandle? OpenFailed(int error, string path, bool writable)
    {
        return error switch
        {
            LibC.ENOENT => null,
            LibC.EACCES or LibC.EPERM => throw new BipsException(BipsError.AccessDenied,
                $"May not open '{path}' for {(writable ? "writing" : "reading")}: {DescribeAccess(path)}. Ask its " +
                "owner to create the pool with a group that you are in or with a wider mode, or to remove it; or " +
                "use another name or directory."),
            LibC.ELOOP or LibC.EISDIR or LibC.ENXIO => throw new BipsException(BipsError.NotAPool,
                $"'{path}' is a link, a directory or a device, not a pool; choose another pool name or remove it."),
            _ => throw SystemError.From(error, $"open '{path}'"),
        };
    }

    /// <summary>Removes a name; nothing happens if it is gone.</summary>
    public static void Unlink(string path)
    {
        if (LibC.Unlink(path) != 0 && Marshal.GetLastPInvokeError() is var error and not LibC.ENOENT)
        {
            throw SystemError.From(error, $"remove '{path}' ({DescribeAccess(path)}; in a sticky directory only its " +
                "owner may)");
        }
    }

    /// <summary>Whether a name still leads to this open file, and not to a later one.</summary>
    public static bool IsLinkedAt(SafeFileHandle file, string path)
    {
        LibC.FileStatus named;
        if (LibC.StatX(LibC.AT_FDCWD, path, LibC.AT_SYMLINK_NOFOLLOW, LibC.STATX_BASIC_STATS, &named) != 0)
        {
            return false;
        }

        LibC.FileStatus opened = Status(file, path);
        return named.Inode == opened.Inode && named.DeviceMajor == opened.DeviceMajor &&
            named.DeviceMinor == opened.DeviceMinor;
    }

    /// <summary>Length in bytes.</summary>
    public static long Length(SafeFileHandle file, string path) => (long)Status(file, path).Size;

    /// <summary>
    /// Bytes that the file system has set aside for the file; less than its length where there are holes.
    /// </summary>
    public static long Reserved(SafeFileHandle file, string path) => (long)Status(file, path).Blocks * StatusBlock;

    /// <summary>Inode number: the same through every bind mount and in every container.</summary>
    public static ulong Inode(SafeFileHandle file, string path) => Status(file, path).Inode;

    /// <summary>Which word of the machine lies at that offset of the file.</summary>
    public static WordIdentity IdentityOf(SafeFileHandle file, string path, long offset)
    {
        LibC.FileStatus status = Status(file, path);
        return new WordIdentity(((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Inode, offset);
    }

    private static LibC.FileStatus Status(SafeFileHandle file, string path)
    {
        LibC.FileStatus status;
        return LibC.StatX(file, "", LibC.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, &status) == 0
            ? status
            : throw SystemError.Last($"inspect '{path}'");
    }

    private static string DescribeAccess(string path)
    {
        LibC.FileStatus status;
        return LibC.StatX(LibC.AT_FDCWD, path, LibC.AT_SYMLINK_NOFOLLOW, LibC.STATX_BASIC_STATS, &status) == 0
            ? $"it belongs to user {status.OwnerId}, group {status.GroupId}, mode " +
                $"0{Convert.ToString(status.Mode & 0xFFF, 8)}"
            : "its directory may not be searched";
    }

    private static BipsException NoSpace(long length, string directory)
    {
        string full = Path.GetFullPath(directory);
        string mount = "/";
        foreach (DriveInfo drive in DriveInfo.GetDrives())
        {
            string root = drive.Name.TrimEnd('/') + "/";
            if ((full + "/").StartsWith(root, StringComparison.Ordinal) && drive.Name.Length > mount.Length)
            {
                mount = drive.Name;
            }
        }

        return new BipsException(BipsError.NoSpace,
            $"The pool needs {length} bytes in '{directory}' and {new DriveInfo(full).AvailableFreeSpace} are free " +
            $"on the mount '{mount}'. Ask for fewer or smaller buffers, or enlarge the mount (mount -o " +
            "remount,size=...; in a container --shm-size).");
    }
}
