using Bips.Lifetime;
using Bips.Memory;
using Bips.Protocol;
using Bips.Signaler.Waiting;

namespace Bips.Leases;

/// <summary>The leases that one producer has out: what they lead to, and how they end.</summary>
/// <remarks>
/// One thread at a time, as the producer; while an asynchronous pull is pending, which has the gate, the lock of the
/// waiting thread is taken instead of it.
/// </remarks>
internal sealed class WriteLeases
{
    private readonly ProducerSide _side;
    private readonly Payload _payload;
    private readonly LeaseTable _table;
    private readonly UseGate _gate;
    private readonly Detachment _detachment;
    private readonly BufferMemories _memories;

    /// <param name="side">The producer's side of the protocol.</param>
    /// <param name="payload">The buffers.</param>
    /// <param name="limit">How many leases may be open at once.</param>
    /// <param name="gate">The producer's gate.</param>
    /// <param name="detach">Lets go of the memory, once the producer is disposed and the last lease has ended.</param>
    public WriteLeases(ProducerSide side, Payload payload, int limit, UseGate gate, Action detach)
    {
        _side = side;
        _payload = payload;
        _gate = gate;
        _table = new LeaseTable(payload.BufferCount, limit);
        _detachment = new Detachment(gate, _table.AnyOpen, detach);
        _memories = new BufferMemories(payload, _table, owner: this);
    }

    /// <summary>When the producer lets go of its memory.</summary>
    public Detachment Detachment => _detachment;

    /// <summary>The pool's buffers.</summary>
    public Payload Payload => _payload;

    /// <exception cref="BipsException"><see cref="BipsError.LeaseLimit"/>: as many are open as may be.</exception>
    public void ThrowUnlessRoom()
    {
        if (!_table.HasRoom())
        {
            throw LeaseErrors.Limit(_table.Limit, Errors.OptionNames.WriteLeases);
        }
    }

    /// <summary>
    /// Opens a lease on a buffer that the side has just handed out; there must be room. With the gate.
    /// </summary>
    public StoredWriteLease Open(int index)
    {
        var lease = new StoredWriteLease(this, index, _table.Open(index));
        if (_payload.MetadataSize > 0)
        {
            _payload.Metadata(index).Clear();
        }

        return lease;
    }

    public Span<byte> Buffer(int index, uint generation)
    {
        ThrowIfEnded(index, generation);
        return _payload.Buffer(index, _payload.BufferSize);
    }

    public Memory<byte> BufferMemory(int index, uint generation)
    {
        ThrowIfEnded(index, generation);
        return _memories.Of(index, _payload.BufferSize);
    }

    public Span<byte> Metadata(int index, uint generation)
    {
        ThrowIfEnded(index, generation);
        return _payload.Metadata(index);
    }

    /// <summary>Publishes what the lease is on, and ends it.</summary>
    /// <exception cref="ObjectDisposedException">The producer was disposed; the lease ends unpublished.</exception>
    public ulong Push(int index, uint generation, int length, uint flags, long? timestamp)
    {
        BipsException.ThrowIfForked();
        if (!_gate.TryEnter(WaitThread.Changes, out Lock? beside))
        {
            EndBehindClosedGate(index, generation);
            throw Disposed();
        }

        try
        {
            ThrowIfEnded(index, generation);
            if ((uint)length > (uint)_payload.BufferSize)
            {
                throw LeaseErrors.TooLong(length, _payload.BufferSize);
            }

            ulong sequence = _side.Push(index, length, flags, timestamp);
            _table.Close(index, generation);
            return sequence;
        }
        finally
        {
            _gate.Exit(beside);
        }
    }

    /// <summary>Ends a lease unpublished.</summary>
    /// <returns>False when it has ended before.</returns>
    public bool TryAbandon(int index, uint generation)
    {
        BipsException.ThrowIfForked();
        if (!_table.IsOpen(index, generation))
        {
            return false;
        }

        if (!_gate.TryEnter(WaitThread.Changes, out Lock? beside))
        {
            return EndBehindClosedGate(index, generation);
        }

        // Asked again inside: another thread may have ended it since.
        bool isEnded = _table.TryEnd(index, generation);
        if (isEnded)
        {
            _side.TakeBack(index);
            _table.Close(index, generation);
        }

        _gate.Exit(beside);
        return isEnded;
    }

    /// <summary>Keeps other threads, the waiting one too, from using the side.</summary>
    /// <returns>What <see cref="Exit"/> needs.</returns>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public Lock? Enter()
    {
        BipsException.ThrowIfForked();
        return _gate.TryEnter(WaitThread.Changes, out Lock? beside) ? beside : throw Disposed();
    }

    /// <summary>Lets others use the side again.</summary>
    public void Exit(Lock? beside) => _gate.Exit(beside);

    private static ObjectDisposedException Disposed() => new("Producer");

    /// <summary>Ends a lease of a disposed producer, which may be the last that keeps the memory mapped.</summary>
    /// <returns>False when it has ended before.</returns>
    private bool EndBehindClosedGate(int index, uint generation)
    {
        if (!_table.TryEnd(index, generation))
        {
            return false;
        }

        _table.Close(index, generation);
        _detachment.LeaseClosed();
        return true;
    }

    private void ThrowIfEnded(int index, uint generation)
    {
        if (_gate.IsClosed || !_table.IsOpen(index, generation))
        {
            throw LeaseErrors.Ended();
        }
    }
}
