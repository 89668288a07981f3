namespace Bips.Native;

/// <summary>A descriptor that is readable while a consumer has something to pull.</summary>
/// <remarks>The watch sets it, the pulling thread clears it; both hold the lock while they change it, so that what it says is
/// never less than what there is.</remarks>
internal sealed class ReadableEvent : IDisposable
{
    private readonly Lock _changes = new();
    private bool _isSet;
    private bool _isClosed;

    /// <exception cref="BipsException">There is no descriptor left.</exception>
    public ReadableEvent(Consumer consumer)
    {
        Consumer = consumer;
        Descriptor = Shim.EventCreate();
        if (Descriptor < 0)
        {
            throw new BipsException(BipsError.System,
                $"Cannot make an event descriptor (errno {-Descriptor}); raise RLIMIT_NOFILE or close some.");
        }
    }

    public Consumer Consumer { get; }

    public int Descriptor { get; }

    /// <summary>Whether the descriptor is readable; the watch then needs no news of this consumer.</summary>
    public bool IsSet
    {
        get
        {
            lock (_changes)
            {
                return _isSet;
            }
        }
    }

    /// <summary>Makes the descriptor readable if there is something to pull.</summary>
    /// <returns>Whether it is readable.</returns>
    public bool SetIfReadable(bool afterSlice)
    {
        lock (_changes)
        {
            if (!_isSet && !_isClosed && Consumer.IsReadable(afterSlice))
            {
                _isSet = true;
                Shim.EventSet(Descriptor);
            }

            return _isSet;
        }
    }

    /// <summary>Called after each pull that did not end the stream: unreadable, unless there is more.</summary>
    public void ClearUnlessReadable()
    {
        if (!_isSet)
        {
            return;
        }

        lock (_changes)
        {
            // Another thread may have closed the consumer since the pull: then its memory may be gone.
            if (_isClosed || Consumer.IsReadable(afterSlice: false))
            {
                return;
            }

            _isSet = false;
            Shim.EventClear(Descriptor);
        }

        EventWatch.LookAgain();
    }

    public void Dispose()
    {
        lock (_changes)
        {
            if (!_isClosed)
            {
                _isClosed = true;
                Shim.EventClose(Descriptor);
            }
        }
    }
}
