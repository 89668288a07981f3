using System.Runtime.CompilerServices;
using Bips.Benchmarks.Raw;

namespace Bips.Benchmarks.Ends;

/// <summary>Sends buffer numbers through one index ring and gets them back through another.</summary>
/// <param name="putOut">Putting end of the ring to the sink.</param>
/// <param name="takeBack">Taking end of the ring back; the numbers of all buffers are in it.</param>
/// <param name="buffers">The buffers.</param>
internal struct RingSource(IndexRing putOut, IndexRing takeBack, PlainBuffers buffers) : IStreamSource
{
    /// <summary>Stands for the end of the stream.</summary>
    public const uint EndMark = uint.MaxValue;

    private IndexRing _putOut = putOut;
    private IndexRing _takeBack = takeBack;

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

        _putOut.TryPut(index);
    }

    /// <summary>Ends the stream.</summary>
    public void End() => _putOut.TryPut(EndMark);
}
