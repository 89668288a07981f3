using Bips.Signaler.Kernel;

namespace Bips.Signaler;

/// <summary>
/// The Linux futex on a word in memory that processes share: sleep while a word has a value, wake who sleeps.
/// </summary>
/// <remarks>
/// Thread-safe; allocates nothing. A futex is a hint and never the truth: look at the condition again after every
/// return. Waiting needs the word mapped for reading only. Source: futex(2), Franke, Russell and Kirkwood,
/// "Fuss, Futexes and Furwocks", 2002.
/// </remarks>
public static unsafe class Futex
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>
    /// Sleeps while <paramref name="word"/> equals <paramref name="expected"/>, until woken or the deadline.
    /// </summary>
    /// <param name="word">A 4-byte aligned word in memory that does not move and stays mapped during the call.</param>
    /// <param name="expected">The value that the caller saw when it found its condition unmet.</param>
    /// <param name="deadline">Absolute, so that a signal (EINTR, handled here) does not lengthen the wait.</param>
    /// <exception cref="InvalidOperationException">The kernel refuses the word (not mapped, not aligned).</exception>
    public static FutexResult Wait(ref readonly uint word, uint expected, Deadline deadline)
    {
        fixed (uint* address = &word)
        {
            return TryWait(address, expected, deadline) ?? throw Refused("wait on", -LibC.EFAULT);
        }
    }

    /// <summary>As <see cref="Wait"/>, for a word that may be unmapped by now.</summary>
    /// <returns>Null when it is.</returns>
    internal static FutexResult? TryWait(uint* word, uint expected, Deadline deadline)
    {
        LibC.Timespec time = ToTimespec(deadline);
        while (true)
        {
            long result = LibC.FutexWait(word, expected, deadline.IsNever ? null : &time);
            switch (result)
            {
                case >= 0:
                    return FutexResult.Woken;
                case -LibC.EAGAIN:
                    return FutexResult.Changed;
                case -LibC.ETIMEDOUT:
                    return FutexResult.TimedOut;
                case -LibC.EFAULT:
                    return null;
                case -LibC.EINTR:
                    continue;
                default:
                    throw Refused("wait on", result);
            }
        }
    }

    internal static LibC.Timespec ToTimespec(Deadline deadline) => new()
    {
        Seconds = deadline.Nanoseconds / NanosecondsPerSecond,
        Nanoseconds = deadline.Nanoseconds % NanosecondsPerSecond,
    };

    /// <summary>Wakes up to <paramref name="count"/> threads, of any process, that sleep on the word.</summary>
    /// <returns>How many were woken.</returns>
    /// <exception cref="InvalidOperationException">The kernel refuses the word (not mapped, not aligned).</exception>
    public static int Wake(ref readonly uint word, int count = int.MaxValue)
    {
        fixed (uint* address = &word)
        {
            long result = LibC.FutexWake(address, count);
            return result >= 0 ? (int)result : throw Refused("wake", result);
        }
    }

    private static InvalidOperationException Refused(string what, long result) =>
        new($"The kernel refuses to {what} a futex (errno {-result}): the word must be mapped and 4-byte aligned.");
}
