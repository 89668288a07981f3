using System.Runtime.CompilerServices;
using Bips.Lifetime;
using Bips.Memory;
using Bips.Protocol;

namespace Bips.Leases;

/// <summary>The leases that one consumer has out: what they lead to, and how they end.</summary>
/// <remarks>One thread opens leases; any thread may read and end them, also after the consumer was disposed.</remarks>
internal sealed class ReadLeases
{
    private readonly ConsumerSide _side;
    private readonly Payload _payload;
    private readonly LeaseTable _table;
    private readonly UseGate _gate;
    private readonly Detachment _detachment;
    private readonly BufferMemories _memories;

    /// <param name="side">The consumer's side of the protocol.</param>
    /// <param name="payload">The buffers.</param>
    /// <param name="limit">How many leases may be open at once.</param>
    /// <param name="gate">The consumer's gate.</param>
    /// <param name="detach">Lets go of the memory, once the consumer is disposed and the last lease has ended.</param>
    public ReadLeases(ConsumerSide side, Payload payload, int limit, UseGate gate, Action detach)
    {
        _side = side;
        _payload = payload;
        _gate = gate;
        _table = new LeaseTable(payload.BufferCount, limit);
        _detachment = new Detachment(gate, _table.AnyOpen, detach);
        _memories = new BufferMemories(payload, _table, owner: this);
    }

    /// <summary>When the consumer lets go of its memory.</summary>
    public Detachment Detachment => _detachment;

    /// <summary>Whether another frame may be held. The pulling thread's.</summary>
    public bool HasRoom
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _table.HasRoom();
    }

    /// <summary>Whether any lease is open.</summary>
    public bool AnyOpen => _table.AnyOpen();

    /// <exception cref="BipsException"><see cref="BipsError.LeaseLimit"/>: as many are open as may be.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ThrowUnlessRoom()
    {
        if (!_table.HasRoom())
        {
            throw LeaseErrors.Limit(_table.Limit, Errors.OptionNames.MaximumHeld);
        }
    }

    /// <summary>
    /// Takes the next frame, if it is there, and opens a lease on it; there must be room. With the gate.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out ReadLease lease)
    {
        if (!_side.TryTake(out TakenFrame frame))
        {
            lease = default;
            return false;
        }

        lease = new ReadLease(new StoredReadLease(this, in frame, _table.Open(frame.Index)));
        return true;
    }

    public ReadOnlySpan<byte> Payload(int index, uint generation, int length)
    {
        ThrowIfEnded(index, generation);
        return _payload.Buffer(index, length);
    }

    public ReadOnlyMemory<byte> PayloadMemory(int index, uint generation, int length)
    {
        ThrowIfEnded(index, generation);
        return _memories.Of(index, length);
    }

    public ReadOnlySpan<byte> Metadata(int index, uint generation)
    {
        ThrowIfEnded(index, generation);
        return _payload.Metadata(index);
    }

    /// <summary>Gives a frame back.</summary>
    /// <returns>False when the lease has ended before.</returns>
    public bool TryRelease(int index, uint generation)
    {
        BipsException.ThrowIfForked();
        if (!_table.TryEnd(index, generation))
        {
            return false;
        }

        _side.Release(index);
        _table.Close(index, generation); // sync: gate - the closer's process-wide fence stands for a fence here
        if (_gate.IsClosed)
        {
            _detachment.LeaseClosed();
        }

        return true;
    }

    private void ThrowIfEnded(int index, uint generation)
    {
        if (!_table.IsOpen(index, generation))
        {
            throw LeaseErrors.Ended();
        }
    }
}
