using System.Runtime.InteropServices;
using Bips.Benchmarks.Imports;

namespace Bips.Benchmarks.Harness;

/// <summary>Which processors this process may use, and which one the measuring thread does use.</summary>
internal static unsafe class Processors
{
    /// <summary>Numbers of the processors that this process may use, in order.</summary>
    public static IReadOnlyList<int> Allowed()
    {
        byte* mask = stackalloc byte[LibC.MaskLength];
        new Span<byte>(mask, LibC.MaskLength).Clear();
        if (LibC.GetAffinity(0, LibC.MaskLength, mask) < 0)
        {
            throw Failed("read");
        }

        var numbers = new List<int>();
        for (int number = 0; number < LibC.MaskLength * 8; number++)
        {
            if ((mask[number / 8] & (1 << (number % 8))) != 0)
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }

    /// <summary>Keeps the calling thread, and threads that it starts from now on, on one processor.</summary>
    public static void Pin(int number)
    {
        byte* mask = stackalloc byte[LibC.MaskLength];
        new Span<byte>(mask, LibC.MaskLength).Clear();
        mask[number / 8] |= (byte)(1 << (number % 8));
        if (LibC.SetAffinity(0, LibC.MaskLength, mask) != 0)
        {
            throw Failed($"set to {number}");
        }
    }

    /// <summary>Nanoseconds of processor time that the calling thread has used.</summary>
    public static long ThreadTime()
    {
        LibC.Timespec time;
        _ = LibC.GetTime(LibC.CLOCK_THREAD_CPUTIME_ID, &time);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    private static InvalidOperationException Failed(string what) =>
        new($"Cannot {what} the processor affinity: " +
            $"{Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}. Choose processors that this process " +
            $"may use with --cpus.");
}
