using System.Runtime.InteropServices;
using Bips.Signaler.Kernel;
using Microsoft.Win32.SafeHandles;

namespace Bips.Signaler;

/// <summary>A descriptor (an eventfd) that event loops find readable while it is set.</summary>
/// <remarks>Each call is one system call that does not block. Thread-safe. Source: eventfd(2).</remarks>
internal sealed unsafe class EventDescriptor : IDisposable
{
    private readonly SafeFileHandle _handle;

    private EventDescriptor(SafeFileHandle handle) => _handle = handle;

    /// <summary>The descriptor, which this owns.</summary>
    public SafeHandle Handle => _handle;

    /// <summary>Makes one that is not set.</summary>
    /// <returns>Null when the system refuses; the last P/Invoke error says why.</returns>
    public static EventDescriptor? TryCreate()
    {
        int descriptor = LibC.EventDescriptor(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK);
        return descriptor >= 0 ? new EventDescriptor(new SafeFileHandle(descriptor, ownsHandle: true)) : null;
    }

    /// <summary>Makes it readable.</summary>
    public void Set()
    {
        ulong one = 1;
        _ = LibC.Write(_handle, (byte*)&one, sizeof(ulong));
    }

    /// <summary>Makes it unreadable.</summary>
    public void Clear()
    {
        ulong count;
        _ = LibC.Read(_handle, (byte*)&count, sizeof(ulong));
    }

    /// <summary>Closes it.</summary>
    public void Dispose() => _handle.Dispose();
}
