using System.Runtime.InteropServices;

namespace Bips.Native;

/// <summary>The functions of shim.c that managed code calls.</summary>
internal static partial class Shim
{
    private const string Library = "libbips-shim";

    [LibraryImport(Library, EntryPoint = "shim_watch")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool Watch(int descriptor);

    [LibraryImport(Library, EntryPoint = "shim_forget")]
    public static partial void Forget(int descriptor);

    [LibraryImport(Library, EntryPoint = "shim_set_last_error")]
    public static partial void SetLastError(ReadOnlySpan<byte> text, nuint length);
}
