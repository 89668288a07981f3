using Bips.Signaler;
using Bips.Signaler.Kernel;
using Microsoft.Win32.SafeHandles;

namespace Bips.Memory;

/// <summary>Sleeps until a file may have appeared in a directory.</summary>
internal sealed unsafe class DirectoryWatch : IDisposable
{
    /// <summary>
    /// How long to sleep at most: where the kernel's limit on watches is reached there is no event to wait for, and
    /// a pool may also become usable without a new file.
    /// </summary>
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(50);

    private const int BufferLength = 4096;
    private readonly SafeFileHandle? _watch;

    /// <summary>Watches from now on: look for the file after this, then wait.</summary>
    public DirectoryWatch(string directory)
    {
        int descriptor = LibC.INotifyInit(LibC.IN_NONBLOCK | LibC.IN_CLOEXEC);
        if (descriptor >= 0)
        {
            _watch = new SafeFileHandle(descriptor, ownsHandle: true);
            _ = LibC.INotifyAddWatch(_watch, directory, LibC.IN_CREATE | LibC.IN_MOVED_TO);
        }
    }

    /// <summary>Returns after an event, a slice or the deadline, whichever is first.</summary>
    public void Wait(Deadline deadline)
    {
        Deadline end = Deadline.Earlier(deadline, Deadline.After(s_slice));
        int milliseconds = (int)Math.Max(1, (end.Nanoseconds - MonotonicClock.Nanoseconds) / 1_000_000);
        var descriptor = new LibC.PollDescriptor
        {
            Descriptor = _watch is null ? -1 : (int)_watch.DangerousGetHandle(),
            Events = LibC.POLLIN,
        };
        if (LibC.Poll(&descriptor, 1, milliseconds) > 0)
        {
            byte* events = stackalloc byte[BufferLength];
            while (LibC.Read(_watch!, events, BufferLength) > 0)
            {
                // Which file it was does not matter: the caller looks for its own.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _watch?.Dispose();
}
