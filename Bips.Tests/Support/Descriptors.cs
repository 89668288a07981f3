using System.Runtime.InteropServices;

namespace Bips.Tests.Support;

/// <summary>Waits for a descriptor as a foreign event loop does.</summary>
internal static partial class Descriptors
{
    private const int Input = 1;

    /// <param name="handle">Stays open meanwhile, whoever disposes it.</param>
    /// <param name="milliseconds">Zero looks only; -1 waits for ever.</param>
    /// <returns>False also when a signal came first.</returns>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public static bool IsReadable(SafeHandle handle, int milliseconds)
    {
        bool isHeld = false;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            var descriptor = new PollDescriptor { Descriptor = (int)handle.DangerousGetHandle(), Events = Input };
            return Poll(ref descriptor, 1, milliseconds) == 1 && descriptor.Returned == Input;
        }
        finally
        {
            if (isHeld)
            {
                handle.DangerousRelease();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
