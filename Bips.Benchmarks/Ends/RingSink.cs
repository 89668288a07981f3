using System.Runtime.CompilerServices;
using Bips.Benchmarks.Raw;

namespace Bips.Benchmarks.Ends;

/// <summary>Takes buffer numbers out of one index ring and sends them back through another.</summary>
/// <param name="takeOut">Taking end of the ring from the source.</param>
/// <param name="putBack">Putting end of the ring back.</param>
/// <param name="buffers">The buffers.</param>
internal struct RingSink(IndexRing takeOut, IndexRing putBack, PlainBuffers buffers) : IStreamSink
{
    private IndexRing _takeOut = takeOut;
    private IndexRing _putBack = putBack;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(Touch touch)
    {
        uint index;
        while (!_takeOut.TryTake(out index))
        {
            // Spins, as the pool is made to in the same comparison.
        }

        if (index == RingSource.EndMark)
        {
            return false;
        }

        if (touch != Touch.None)
        {
            PayloadWork.Read(touch, buffers[index]);
        }

        _putBack.TryPut(index);
        return true;
    }
}
