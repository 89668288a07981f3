using Bips.Layout;

namespace Bips.Memory;

/// <summary>Where the words of a pool object lie that its two sides exchange: all but the payload.</summary>
/// <remarks>What the pointers lead to is valid until the <see cref="PoolMemory"/> is disposed.</remarks>
/// <param name="start">First byte of a mapping of the pool object.</param>
/// <param name="geometry">The pool's sizes, checked.</param>
internal sealed unsafe class ControlWords(byte* start, PoolGeometry geometry)
{
    /// <summary>What changes with every push, and the state of the pool.</summary>
    public ProducerState* State { get; } = (ProducerState*)(start + geometry.StateOffset);

    /// <summary>One per lane.</summary>
    public LaneDirective* Directives { get; } = (LaneDirective*)(start + geometry.DirectivesOffset);

    /// <summary>As many entries as the ring's capacity.</summary>
    public RingEntry* Ring { get; } = (RingEntry*)(start + geometry.RingOffset);

    /// <summary>One per buffer.</summary>
    public FrameHeader* FrameHeaders { get; } = (FrameHeader*)(start + geometry.FrameHeadersOffset);

    /// <summary>What makes a sequence into the number of its ring entry.</summary>
    public ulong RingMask { get; } = (ulong)geometry.RingCapacity - 1;

    /// <summary>Where a word of these lies in the pool object.</summary>
    public long OffsetOf(void* word) => (byte*)word - start;
}
