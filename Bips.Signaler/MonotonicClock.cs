using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Bips.Signaler;

/// <summary>
/// The kernel's <c>CLOCK_MONOTONIC</c> in nanoseconds: the same for all processes and containers of a host.
/// </summary>
public static class MonotonicClock
{
    /// <summary>Nanoseconds since an arbitrary point (on Linux, boot); wall-clock changes do not move it.</summary>
    /// <remarks>
    /// On Linux the framework's stopwatch is this clock, read through the vDSO without a system call.
    /// </remarks>
    public static long Nanoseconds
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Stopwatch.GetTimestamp();
    }
}
