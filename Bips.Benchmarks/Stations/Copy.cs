using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>How fast one core copies memory. No transport that copies can be faster.</summary>
internal sealed unsafe class Copy(Station station)
{
    public void Perform()
    {
        foreach (Turn turn in station.Turns)
        {
            int length = station.Words.Number(turn.Section);
            byte* from = Allocate(length);
            byte* to = Allocate(length);
            _ = CopyFor(station.UncountedTime(turn), from, to, length);
            if (!turn.IsWarmUp)
            {
                (double bytes, long nanoseconds) = CopyFor(station.CountedTime(turn), from, to, length);
                station.Ledger.AddQuotient(turn.Section, bytes, nanoseconds);
            }

            NativeMemory.AlignedFree(from);
            NativeMemory.AlignedFree(to);
        }
    }

    private static (double Bytes, long Nanoseconds) CopyFor(TimeSpan time, byte* from, byte* to, int length)
    {
        double bytes = 0;
        long start = MonotonicClock.Nanoseconds;
        Deadline deadline = Deadline.After(time);
        while (!deadline.HasPassed)
        {
            CopyOnce(from, to, length);
            bytes += length;
        }

        return (bytes, MonotonicClock.Nanoseconds - start);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CopyOnce(byte* from, byte* to, int length) =>
        new ReadOnlySpan<byte>(from, length).CopyTo(new Span<byte>(to, length));

    private static byte* Allocate(int length)
    {
        var memory = (byte*)NativeMemory.AlignedAlloc((nuint)length, (nuint)Environment.SystemPageSize);
        new Span<byte>(memory, length).Fill(1);
        return memory;
    }
}
