using System.Buffers;

namespace Bips.Pipelines;

/// <summary>The frames that a reader has taken and not yet consumed, as one sequence of bytes.</summary>
internal sealed class HeldFrames
{
    private FrameSegment? _first;
    private FrameSegment? _last;

    /// <summary>Segments that hold nothing, linked.</summary>
    private FrameSegment? _spare;

    /// <summary>Bytes consumed, examined and taken since the beginning.</summary>
    private long _consumed;
    private long _examined;
    private long _end;

    public int Count { get; private set; }

    public long Length => _end - _consumed;

    /// <summary>Whether there is something that the reader has not looked at.</summary>
    public bool HasUnexamined => _examined < _end;

    public ReadOnlySequence<byte> Sequence => _first is null
        ? default
        : new ReadOnlySequence<byte>(_first, (int)(_consumed - _first.RunningIndex), _last!, _last!.Memory.Length);

    /// <summary>Puts a frame behind the others; one without bytes is nothing to a sequence and is given back.</summary>
    public void Add(StoredReadLease lease)
    {
        if (lease.Length == 0)
        {
            lease.Push();
            return;
        }

        FrameSegment segment = _spare ?? new FrameSegment();
        _spare = (FrameSegment?)segment.Next;
        segment.Hold(lease, _end);
        _last?.Link(segment);
        _first ??= segment;
        _last = segment;
        _end = segment.End;
        Count++;
    }

    /// <summary>Gives back every frame that is consumed to its end.</summary>
    /// <exception cref="InvalidOperationException">No such positions in what was read last.</exception>
    public void Advance(SequencePosition consumed, SequencePosition examined)
    {
        long consumedTo = PlaceOf(consumed);
        long examinedTo = PlaceOf(examined);
        if (consumedTo < _consumed || examinedTo < consumedTo || examinedTo > _end)
        {
            throw new InvalidOperationException(
                $"Consumed up to byte {consumedTo - _consumed} and examined up to byte {examinedTo - _consumed} of " +
                $"{Length} read: both must lie in what was read, and nothing is consumed that was not examined.");
        }

        _consumed = consumedTo;
        _examined = examinedTo;
        while (_first is not null && _first.End <= _consumed)
        {
            ReleaseFirst();
        }
    }

    /// <summary>Gives all of them back.</summary>
    public void Clear()
    {
        _consumed = _examined = _end;
        while (_first is not null)
        {
            ReleaseFirst();
        }
    }

    /// <returns>
    /// Bytes from the beginning of the stream; nothing in particular for a position of an older read, which is then
    /// refused.
    /// </returns>
    private long PlaceOf(SequencePosition position) => position.GetObject() switch
    {
        null => _consumed,
        FrameSegment segment => segment.RunningIndex + position.GetInteger(),
        _ => throw new InvalidOperationException("The position is not one of this reader's: take it from the buffer " +
            "of the last read."),
    };

    private void ReleaseFirst()
    {
        FrameSegment segment = _first!;
        _first = segment.Release();
        _last = _first is null ? null : _last;
        segment.Link(_spare);
        _spare = segment;
        Count--;
    }
}
