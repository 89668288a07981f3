using System.Numerics;

namespace Bips.Cli.Statistics;

/// <summary>
/// Counts durations in buckets whose width grows with the duration, so that memory is bounded and every percentile is within 1.6 %.
/// </summary>
/// <remarks>
/// One thread records; others may read percentiles meanwhile and then get those of a moment ago. The idea is that of G. Tene's
/// HdrHistogram.
/// </remarks>
internal sealed class LatencyHistogram
{
    /// <summary>Every power of two is divided into two to this many buckets.</summary>
    private const int Precision = 5;
    private const int ExactValues = 2 << Precision;
    private const int Exponents = 63 - Precision - 1;

    private readonly long[] _counts = new long[ExactValues + (Exponents << Precision)];
    private long _count;
    private long _largest;

    public long Count => _count;

    /// <param name="nanoseconds">Below zero counts as zero: clocks of others may be wrong.</param>
    public void Record(long nanoseconds)
    {
        long value = Math.Max(nanoseconds, 0);
        _counts[IndexOf(value)]++;
        _largest = Math.Max(_largest, value);
        _count++;
    }

    /// <summary>The duration in nanoseconds that this share of all is not above.</summary>
    /// <param name="share">0 to 1.</param>
    /// <returns>Zero when nothing was recorded.</returns>
    public long Percentile(double share)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(share * _count));
        long below = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            below += _counts[i];
            if (below >= rank)
            {
                return Math.Min(MiddleOf(i), _largest);
            }
        }

        return _largest;
    }

    private static int IndexOf(long value)
    {
        if (value < ExactValues)
        {
            return (int)value;
        }

        int exponent = BitOperations.Log2((ulong)value);
        int shift = exponent - Precision;
        return ExactValues + ((shift - 1) << Precision) + (int)((value >> shift) - (1L << Precision));
    }

    private static long MiddleOf(int index)
    {
        if (index < ExactValues)
        {
            return index;
        }

        int shift = ((index - ExactValues) >> Precision) + 1;
        long first = ((1L << Precision) + ((index - ExactValues) & ((1 << Precision) - 1))) << shift;
        return first + ((1L << shift) / 2);
    }
}
