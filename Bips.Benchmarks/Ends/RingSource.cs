using System.Runtime.CompilerServices;
using Bips.Benchmarks.Raw;
using Bips.Signaler;

namespace Bips.Benchmarks.Ends;

/// <summary>Sends buffer numbers through one index ring and gets them back through another.</summary>
/// <param name="putOut">Putting end of the ring to the sink.</param>
/// <param name="takeBack">Taking end of the ring back; the numbers of all buffers are in it.</param>
/// <param name="buffers">The buffers.</param>
/// <param name="readsClock">Whether it reads the clock for each number, as a push does for each frame.</param>
internal struct RingSource(IndexRing putOut, IndexRing takeBack, PlainBuffers buffers, bool readsClock) : IStreamSource
{
    /// <summary>Stands for the end of the stream.</summary>
    public const uint EndMark = uint.MaxValue;

    private IndexRing _putOut = putOut;
    private IndexRing _takeBack = takeBack;
    private long _time;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next(Touch touch, ulong number)
    {
        uint index;
        while (!_takeBack.TryTake(out index))
        {
            // Spins, as the pool is made to in the same comparison.
        }

        if (touch != Touch.None)
        {
            PayloadWork.Write(touch, buffers[index], number);
        }

        if (readsClock)
        {
            _time = MonotonicClock.Nanoseconds;
        }

        _putOut.TryPut(index);
    }

    /// <summary>Ends the stream.</summary>
    public void End() => _putOut.TryPut(EndMark);
}
