using System.Runtime.InteropServices;

namespace Bips.Native;

/// <summary>The functions of shim.c that managed code calls.</summary>
internal static unsafe partial class Shim
{
    private const string Library = "libbips-shim";

    [LibraryImport(Library, EntryPoint = "shim_watch")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool Watch(int descriptor);

    [LibraryImport(Library, EntryPoint = "shim_forget")]
    public static partial void Forget(int descriptor);

    [LibraryImport(Library, EntryPoint = "shim_set_last_error")]
    public static partial void SetLastError(byte* text, nuint length);

    [LibraryImport(Library, EntryPoint = "shim_wait_any")]
    public static partial int WaitAny(FutexWord* words, uint count, long deadline);

    [LibraryImport(Library, EntryPoint = "shim_name_watch")]
    public static partial void NameWatch();

    [LibraryImport(Library, EntryPoint = "shim_event_create")]
    public static partial int EventCreate();

    [LibraryImport(Library, EntryPoint = "shim_event_set")]
    public static partial void EventSet(int descriptor);

    [LibraryImport(Library, EntryPoint = "shim_event_clear")]
    public static partial void EventClear(int descriptor);

    [LibraryImport(Library, EntryPoint = "shim_event_close")]
    public static partial void EventClose(int descriptor);
}
