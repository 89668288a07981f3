using System.Runtime.InteropServices;
using Bips.Memory;
using Bips.Signaler;
using Bips.Signaler.Native;
using Bips.Signaler.Waiting;
using Microsoft.Win32.SafeHandles;

namespace Bips.Async;

/// <summary>A descriptor that is readable while a consumer has something to pull.</summary>
/// <remarks>
/// The waiting thread sets it and then looks no more; the pull that takes the last frame clears it and has the thread look again. Both
/// do so under the thread's lock, so that what the descriptor says is never less than what there is.
/// </remarks>
internal sealed unsafe class ReadableEvent : PendingWait
{
    private readonly Consumer _consumer;
    private readonly SafeFileHandle _descriptor;
    private bool _isSet;
    private bool _isClosed;

    /// <exception cref="BipsException"><see cref="BipsError.System"/>: there is no descriptor left.</exception>
    public ReadableEvent(Consumer consumer, WaitedWord word)
        : base(word)
    {
        _consumer = consumer;
        Deadline = Deadline.Never;
        int descriptor = LibC.EventDescriptor(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK);
        _descriptor = descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw SystemError.Last("make an event descriptor (raise RLIMIT_NOFILE, or close some)");
    }

    public SafeHandle Descriptor => _descriptor;

    public override bool IsClosed => _isClosed;

    public override uint* Address => _consumer.SignalWord;

    public override TimeSpan Slice => Consumer.Slice;

    public override uint Announce() => _consumer.Announce();

    public override bool Look(bool afterSlice)
    {
        if (!_consumer.IsReadable(afterSlice))
        {
            return false;
        }

        Set();
        return true;
    }

    public override void GiveUp()
    {
        // It never does.
    }

    public override void Leave()
    {
        // It holds nothing.
    }

    public override void Complete()
    {
        // The descriptor says it.
    }

    /// <summary>Called after each pull that did not end the stream: unreadable, unless there is more.</summary>
    public void ClearUnlessReadable()
    {
        lock (WaitThread.Changes)
        {
            // Another thread may have disposed the consumer since the pull: then its memory may be gone.
            if (!_isSet || _isClosed || _consumer.IsReadable(afterSlice: false))
            {
                return;
            }

            _isSet = false;
            ulong count;
            _ = LibC.Read(_descriptor, (byte*)&count, sizeof(ulong));
        }

        WaitThread.Add(this);
    }

    /// <summary>Wakes who sleeps on a copy of the descriptor, and closes it. Nobody looks at the consumer any more.</summary>
    public void Close()
    {
        lock (WaitThread.Changes)
        {
            _isClosed = true;
            WaitThread.TryRemove(this);
            if (!_isSet)
            {
                Set();
            }
        }

        _descriptor.Dispose();
    }

    private void Set()
    {
        _isSet = true;
        ulong one = 1;
        _ = LibC.Write(_descriptor, (byte*)&one, sizeof(ulong));
    }
}
