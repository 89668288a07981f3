using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Signaler.Kernel;

namespace Bips.Signaler;

/// <summary>Tells a forked child from the process that it was forked from, for the price of one load.</summary>
/// <remarks>
/// A page that the kernel shows zeroed to a forked child (<c>MADV_WIPEONFORK</c>, Linux 4.14) holds a one. A child that
/// <c>exec</c>s is a new program and of no concern here.
/// </remarks>
public static unsafe class ForkGuard
{
    private static readonly byte* s_parent = MapParentPage();

    /// <summary>Whether this process was forked off one that had already used Bips.</summary>
    public static bool IsForkedChild
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => *s_parent == 0;
    }

    private static byte* MapParentPage()
    {
        Platform.ThrowIfUnsupported();
        nuint length = (nuint)Environment.SystemPageSize;
        byte* page = LibC.MMapAnonymous(null, length, LibC.PROT_READ | LibC.PROT_WRITE,
            LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
        if ((nint)page == -1 || LibC.MAdvise(page, length, LibC.MADV_WIPEONFORK) != 0)
        {
            throw new PlatformNotSupportedException(
                "Bips needs MADV_WIPEONFORK (Linux 4.14 or later): " +
                Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        }

        *page = 1;
        return page;
    }
}
