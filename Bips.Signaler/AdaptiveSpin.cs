using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Bips.Signaler;

/// <summary>Decides how long a wait spins before it sleeps, from how long the waits before it took.</summary>
/// <remarks>
/// A spin that ends in sleep is wasted, and a sleep that a short spin would have avoided costs a wake-up. The last
/// waits predict the next one well (frames come at a rate), so: spin at most <see cref="MaximumNanoseconds"/>, and only
/// when the smoothed wait is below <see cref="WorthwhileNanoseconds"/>. Never worse than twice the better choice; see
/// Karlin, Li, Manasse and Owicki, "Empirical studies of competitive spinning for a shared-memory multiprocessor",
/// 1991. Not thread-safe: one per waiting thread.
/// </remarks>
public struct AdaptiveSpin
{
    /// <summary>Longest spin of a balanced wait: about what a sleep and its wake-up cost.</summary>
    public const long MaximumNanoseconds = 50_000;

    /// <summary>Smoothed wait above which a balanced wait sleeps at once. It holds a wake-up, so that a stream which
    /// has become dense is recognised although the waiter slept.</summary>
    public const long WorthwhileNanoseconds = 150_000;

    private const int SmoothingShift = 2;

    private readonly WaitMode _mode;
    private readonly bool _hasOneProcessor;
    private long _smoothedWait;

    /// <summary>Starts without a history: a balanced wait spins at first.</summary>
    public AdaptiveSpin(WaitMode mode)
    {
        _mode = mode;
        _hasOneProcessor = Environment.ProcessorCount == 1;
    }

    /// <summary>Whether the waiter must never sleep.</summary>
    public readonly bool NeverSleeps => _mode == WaitMode.Spin;

    /// <summary>Whether the next wait should spin at all.</summary>
    public readonly bool IsWorthwhile => NeverSleeps || Budget > 0;

    /// <summary>Nanoseconds that the next wait should spin before it sleeps, if it sleeps.</summary>
    public readonly long Budget => _mode switch
    {
        WaitMode.Spin => 0, // It spins slice by slice, because it also looks whether its peer lives.
        WaitMode.Sleep => 0,
        _ => _smoothedWait > WorthwhileNanoseconds ? 0 : MaximumNanoseconds,
    };

    /// <summary>Takes note of how long a wait took, from its first look to its end.</summary>
    public void Record(long waitedNanoseconds) =>
        _smoothedWait += (waitedNanoseconds - _smoothedWait) >> SmoothingShift;

    /// <summary>
    /// After how many polls, each about a microsecond, a spinner lets others run. One that never sleeps does so seldom,
    /// because a frame that comes meanwhile waits for the system call, but it does: there may be more spinners than
    /// processors, and the one that is waited for would not run before the end of a time slice.
    /// </summary>
    internal readonly int PollsPerYield => NeverSleeps && !_hasOneProcessor ? 16 : 1;

    /// <summary>Tells the processor that the thread spins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pause()
    {
        if (X86Base.IsSupported)
        {
            X86Base.Pause();
        }
        else if (ArmBase.IsSupported)
        {
            ArmBase.Yield();
        }
    }

    /// <summary>The same several times.</summary>
    /// <param name="count">How many times; one takes 1 to 50 ns, depending on the processor.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pause(int count)
    {
        for (int pause = 0; pause < count; pause++)
        {
            Pause();
        }
    }
}
