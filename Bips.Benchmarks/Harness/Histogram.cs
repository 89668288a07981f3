using System.Numerics;
using System.Runtime.CompilerServices;

namespace Bips.Benchmarks.Harness;

/// <summary>
/// Counts of times in buckets whose width grows with the time, so that every percentile is known to better than one part in 512,
/// and recording costs a few instructions and no memory.
/// </summary>
/// <remarks>
/// The layout of HdrHistogram (Gil Tene): within each power of two the buckets are equally wide. Times below 1,024 ns have a bucket each.
/// </remarks>
internal sealed class Histogram
{
    private const int ExactBits = 10;
    private const int HalfBits = ExactBits - 1;
    private const int Half = 1 << HalfBits;
    private const int LargestBits = 40;

    private readonly long[] _counts = new long[Half * (LargestBits - HalfBits + 1)];

    /// <summary>Number of times recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Longest time, exactly.</summary>
    public long Maximum { get; private set; }

    /// <summary>Records one time; a negative one counts as zero, one beyond 18 minutes as that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Clamp(nanoseconds, 0, (1L << LargestBits) - 1);
        _counts[IndexOf(nanoseconds)]++;
        Count++;
        Maximum = Math.Max(Maximum, nanoseconds);
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Maximum = 0;
    }

    /// <summary>The time that the given share of all recorded times does not exceed.</summary>
    /// <param name="percent">Above 0, at most 100.</param>
    public long Percentile(double percent)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min(LargestIn(i), Maximum);
            }
        }

        return Maximum;
    }

    private static int IndexOf(long value)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)value) - HalfBits);
        return (shift << HalfBits) + (int)(value >> shift);
    }

    private static long LargestIn(int index)
    {
        int shift = Math.Max(0, (index >> HalfBits) - 1);
        long start = (long)(index - (shift << HalfBits)) << shift;
        return start + (1L << shift) - 1;
    }
}
