using System.Runtime.CompilerServices;
using Bips.Signaler;

namespace Bips.Benchmarks.Raw;

/// <summary>
/// The bare limit of a pool: a ring in shared memory; one thread puts buffer numbers in, another takes them out. No
/// names, no lifetime, no waiting, no loss.
/// </summary>
/// <remarks>
/// Lamport's ring with the usual optimisation: each side keeps its own counter on a line of its own and
/// remembers the other's, so that it touches the other's line only when the ring looks full or empty. Each end is a
/// copy of this struct.
/// </remarks>
internal unsafe struct IndexRing
{
    /// <summary>Bytes of shared memory that a ring needs.</summary>
    public const int Length = HeaderLength + (Capacity * sizeof(uint));

    /// <summary>Entries; a power of two.</summary>
    public const int Capacity = 256;

    private const int LineDistance = 128;
    private const int HeaderLength = 2 * LineDistance;

    private readonly ulong* _put;
    private readonly ulong* _taken;
    private readonly uint* _entries;
    private ulong _own;
    private ulong _other;

    /// <summary>Makes either end of a ring in zeroed memory.</summary>
    public IndexRing(byte* memory)
    {
        _put = (ulong*)memory;
        _taken = (ulong*)(memory + LineDistance);
        _entries = (uint*)(memory + HeaderLength);
    }

    /// <summary>Putting end.</summary>
    /// <returns>False when the ring is full.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPut(uint index)
    {
        if (_own - _other == Capacity)
        {
            _other = Ordering.LoadAcquire(ref *_taken);
            if (_own - _other == Capacity)
            {
                return false;
            }
        }

        _entries[_own % Capacity] = index;
        Ordering.StoreRelease(ref *_put, ++_own);
        return true;
    }

    /// <summary>Taking end.</summary>
    /// <returns>False when the ring is empty.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out uint index)
    {
        if (_own == _other)
        {
            _other = Ordering.LoadAcquire(ref *_put);
            if (_own == _other)
            {
                index = 0;
                return false;
            }
        }

        index = _entries[_own % Capacity];
        Ordering.StoreRelease(ref *_taken, ++_own);
        return true;
    }
}
