using System.Runtime.InteropServices;
using Bips.Errors;
using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips.Waiting;

/// <summary>A descriptor that is readable while a consumer has something to pull.</summary>
/// <remarks>
/// The waiting thread sets it and then looks no more. The pull that takes the last frame clears it and has the thread
/// look again. Both do so under the thread's lock, so that what the descriptor says is never less than what there is.
/// </remarks>
internal sealed class ReadableEvent : Waiter
{
    private readonly IWaitable _consumer;
    private readonly EventDescriptor _event;
    private bool _isSet;
    private bool _isClosed;

    /// <exception cref="BipsException"><see cref="BipsError.System"/>: there is no descriptor left.</exception>
    public ReadableEvent(IWaitable consumer, WaitQueue queue)
        : base(queue)
    {
        _consumer = consumer;
        Deadline = Deadline.Never;
        _event = EventDescriptor.TryCreate() ??
            throw SystemError.Last("make an event descriptor (raise RLIMIT_NOFILE, or close some)");
    }

    public SafeHandle Descriptor => _event.Handle;

    public override bool IsClosed => _isClosed;

    public override FutexWord Word => _consumer.Word;

    public override TimeSpan Slice => _consumer.Slice(isLong: false);

    public override uint Announce() => _consumer.Announce();

    public override bool Look(bool afterSlice)
    {
        if (!_consumer.IsReady(afterSlice))
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
            if (!_isSet || _isClosed || _consumer.IsReady(afterSlice: false))
            {
                return;
            }

            _isSet = false;
            _event.Clear();
        }

        WaitThread.Add(this);
    }

    /// <summary>
    /// Wakes who sleeps on a copy of the descriptor, and closes it. Nobody looks at the consumer any more.
    /// </summary>
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

        _event.Dispose();
    }

    private void Set()
    {
        _isSet = true;
        _event.Set();
    }
}
