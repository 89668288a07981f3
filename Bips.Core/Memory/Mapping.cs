using System.Runtime.InteropServices;
using Bips.Errors;
using Bips.Signaler.Kernel;
using Microsoft.Win32.SafeHandles;

namespace Bips.Memory;

/// <summary>A shared mapping of part of a file; unmapped when disposed or, if forgotten, when collected.</summary>
internal sealed unsafe class Mapping : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int PopulatePage = 4096;
    private readonly nuint _length;

    /// <summary>The mapping that this is a share of, if it is one.</summary>
    private readonly Mapping? _whole;

    private Mapping(byte* address, nuint length)
        : base(ownsHandle: true)
    {
        SetHandle((nint)address);
        _length = length;
    }

    private Mapping(Mapping whole)
        : this(whole.Address, whole._length)
    {
        _whole = whole;
    }

    /// <summary>First byte; valid until the mapping is disposed.</summary>
    public byte* Address => (byte*)handle;

    /// <summary>Bytes mapped.</summary>
    public long Length => (long)_length;

    /// <summary>
    /// Maps part of a file without keeping alive the locks that are held through <paramref name="file"/>.
    /// </summary>
    /// <remarks>
    /// A mapping keeps the open file that it was made with, and with it that file's locks: a share of a mapping or the
    /// copy in a forked child would go on proving the life of a process that is long dead. So it is made with an open
    /// file of its own.
    /// </remarks>
    /// <param name="file">The file.</param>
    /// <param name="offset">First byte, at a page.</param>
    /// <param name="length">Number of bytes.</param>
    /// <param name="writable">Whether for writing, too; the caller must have the right to open the file so.</param>
    /// <param name="path">The file's name, for messages.</param>
    /// <exception cref="BipsException">The kernel refuses.</exception>
    public static Mapping Map(SafeFileHandle file, long offset, long length, bool writable, string path)
    {
        using SafeFileHandle unlocked = ObjectFile.OpenAgain(file, writable, path);
        int protection = LibC.PROT_READ | (writable ? LibC.PROT_WRITE : 0);
        byte* address = LibC.MMap(null, (nuint)length, protection, LibC.MAP_SHARED, unlocked, offset);
        return (nint)address != -1
            ? new Mapping(address, (nuint)length)
            : throw SystemError.Last($"map {length} bytes of '{path}'");
    }

    /// <summary>Another right to the same memory, which stays mapped until both are disposed.</summary>
    /// <exception cref="ObjectDisposedException">This was disposed before.</exception>
    public Mapping Share()
    {
        bool held = false;
        DangerousAddRef(ref held);
        return new Mapping(this);
    }

    /// <summary>Enters every page of the mapping into the page table, so that later accesses do not fault.</summary>
    public void Populate(bool forWriting)
    {
        int advice = forWriting ? LibC.MADV_POPULATE_WRITE : LibC.MADV_POPULATE_READ;
        if (LibC.MAdvise(Address, _length, advice) == 0 || Marshal.GetLastPInvokeError() != LibC.EINVAL)
        {
            return;
        }

        // Kernels before 5.14 do not know the advice: touch each page instead. Adding nothing makes a write fault
        // without changing what is there.
        for (nuint offset = 0; offset < _length; offset += PopulatePage)
        {
            if (forWriting)
            {
                Interlocked.Add(ref *(int*)(Address + offset), 0);
            }
            else
            {
                _ = Signaler.Ordering.LoadAcquire(ref *(Address + offset));
            }
        }
    }

    /// <exception cref="BipsException">The kernel cannot back the mapping with huge pages.</exception>
    public void CollapseIntoHugePages()
    {
        if (LibC.MAdvise(Address, _length, LibC.MADV_COLLAPSE) != 0)
        {
            throw SystemError.Last("back the pool with huge pages (MADV_COLLAPSE needs Linux 6.1 with transparent " +
                "huge pages, free huge pages and a pool of at least 2 MB; or leave the option off)");
        }
    }

    /// <exception cref="BipsException">The kernel refuses.</exception>
    public void LockIntoMemory()
    {
        if (LibC.MLock(Address, _length) != 0)
        {
            throw SystemError.Last($"lock {_length} bytes into memory (raise RLIMIT_MEMLOCK, or leave the option off)");
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (_whole is null)
        {
            return LibC.MUnmap((byte*)handle, _length) == 0;
        }

        _whole.DangerousRelease();
        return true;
    }
}
