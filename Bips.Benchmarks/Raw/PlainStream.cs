using System.Runtime.CompilerServices;
using Bips.Benchmarks.Ends;
using Bips.Signaler;

namespace Bips.Benchmarks.Raw;

/// <summary>
/// The bare limit of a stream to several readers: the same buffers in plain memory, written and read in turn. Each
/// process has one counter, and nothing else keeps them in step.
/// </summary>
/// <remarks>
/// A process that must wait spins a little and then yields, because there may be more processes than processors.
/// </remarks>
internal unsafe struct PlainStream : IStreamSource, IStreamSink
{
    private const int LineDistance = 128;
    private const int SpinsBeforeYield = 200;
    private const ulong EndBit = 1UL << 63;

    private readonly byte* _counters;
    private readonly PlainBuffers _buffers;
    private readonly int _bufferCount;
    private readonly int _readers;
    private readonly int _reader;
    private ulong _own;
    private ulong _other;

    /// <param name="counters">Zeroed; <see cref="CountersLength"/> bytes.</param>
    /// <param name="buffers">The buffers.</param>
    /// <param name="bufferCount">Number of them.</param>
    /// <param name="readers">Number of readers.</param>
    /// <param name="reader">Which of them this end is, from 0; ignored by the writer.</param>
    public PlainStream(byte* counters, PlainBuffers buffers, int bufferCount, int readers, int reader)
    {
        _counters = counters;
        _buffers = buffers;
        _bufferCount = bufferCount;
        _readers = readers;
        _reader = reader;
    }

    private readonly ref ulong Written => ref *(ulong*)_counters;

    /// <summary>Bytes that the counters take up.</summary>
    public static int CountersLength(int readers) => (readers + 1) * LineDistance;

    /// <summary>Writer.</summary>
    public void Next(Touch touch, ulong number)
    {
        int spins = 0;
        while (_own - _other >= (ulong)_bufferCount)
        {
            _other = SlowestReader();
            Pause(ref spins);
        }

        if (touch != Touch.None)
        {
            PayloadWork.Write(touch, _buffers[(uint)(_own % (ulong)_bufferCount)], number);
        }

        Ordering.StoreRelease(ref Written, ++_own);
    }

    /// <summary>Writer: ends the stream.</summary>
    public void End() => Ordering.StoreRelease(ref Written, _own | EndBit);

    /// <summary>Reader.</summary>
    public bool Next(Touch touch)
    {
        int spins = 0;
        while (_own == (_other & ~EndBit))
        {
            if ((_other & EndBit) != 0)
            {
                return false;
            }

            _other = Ordering.LoadAcquire(ref Written);
            Pause(ref spins);
        }

        if (touch != Touch.None)
        {
            PayloadWork.Read(touch, _buffers[(uint)(_own % (ulong)_bufferCount)]);
        }

        Ordering.StoreRelease(ref ReadBy(_reader), ++_own);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pause(ref int spins)
    {
        if (++spins > SpinsBeforeYield)
        {
            Thread.Yield();
        }
    }

    private readonly ref ulong ReadBy(int reader) => ref *(ulong*)(_counters + ((reader + 1) * LineDistance));

    private readonly ulong SlowestReader()
    {
        ulong least = ulong.MaxValue;
        for (int reader = 0; reader < _readers; reader++)
        {
            least = Math.Min(least, Ordering.LoadAcquire(ref ReadBy(reader)));
        }

        return least;
    }
}
