using System.Runtime.CompilerServices;

namespace Bips.Waiting;

/// <summary>
/// When a consumer that has caught up with a dense stream looks away for a moment. If it spun on the line that the
/// producer is writing, each frame would cost the producer a trip of that line; so several come at once.
/// </summary>
/// <remarks>
/// Where frames are exchanged one for one, a single frame comes however long one looks away, and that comes late. Which
/// it is shows afterwards: a look away that brought one frame is followed by waits without, each time twice as many;
/// one that brought more begins anew. That is binary exponential backoff, as in Metcalfe and Boggs, "Ethernet:
/// Distributed Packet Switching for Local Computer Networks", 1976. Not thread-safe: one per pulling thread.
/// </remarks>
internal struct LookAway
{
    /// <summary>Most pauses of the processor that a look away takes: a few hundred nanoseconds.</summary>
    private const int MostPauses = 24;

    private const int FewestWaitsWithout = 4;
    private const int MostWaitsWithout = 256;

    private readonly int _pauses;

    /// <summary>Whether what the last look away brings is still to be seen.</summary>
    private bool _isOpen;

    /// <summary>Frames taken before it.</summary>
    private ulong _takenBefore;

    /// <summary>Waits to come without a look away, and how many there will be the next time.</summary>
    private int _waitsWithout;
    private int _nextWaitsWithout = FewestWaitsWithout;

    /// <param name="bufferCount">
    /// Of the pool: with few buffers the producer soon waits for what this consumer has not taken.
    /// </param>
    public LookAway(int bufferCount) => _pauses = Math.Min(MostPauses, bufferCount / 2);

    /// <summary>
    /// How many pauses of the processor the wait that begins should begin with; the stream has been dense.
    /// </summary>
    /// <param name="taken">Frames that the consumer has taken so far.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PausesOfNextWait(ulong taken)
    {
        if (_waitsWithout > 0)
        {
            _waitsWithout--;
            return 0;
        }

        if (_isOpen && taken - _takenBefore <= 1)
        {
            _isOpen = false;
            _waitsWithout = _nextWaitsWithout;
            _nextWaitsWithout = Math.Min(2 * _nextWaitsWithout, MostWaitsWithout);
            return 0;
        }

        if (_isOpen)
        {
            _nextWaitsWithout = FewestWaitsWithout;
        }

        _isOpen = true;
        _takenBefore = taken;
        return _pauses;
    }
}
