using Microsoft.Win32.SafeHandles;

namespace Bips.Memory;

/// <summary>
/// Where a host that can act in a forked child learns which descriptors must not live on there: a copy of one keeps its
/// lock held, so that a dead process would seem to live.
/// </summary>
/// <remarks>
/// Managed code cannot run in a forked child, so the library alone can only refuse to work there. Both actions are set
/// once, before the first pool is opened.
/// </remarks>
internal static class InheritedDescriptors
{
    /// <summary>Called when a descriptor with a lock was opened.</summary>
    public static Action<int>? Opened { get; set; }

    /// <summary>Called before such a descriptor is closed, while its number still means it.</summary>
    public static Action<int>? Closing { get; set; }

    public static void Report(SafeFileHandle opened) => Opened?.Invoke((int)opened.DangerousGetHandle());

    public static void Forget(SafeFileHandle closing) => Closing?.Invoke((int)closing.DangerousGetHandle());
}
