using Bips.Signaler.Native;

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

    /// <summary>Sleeps while <paramref name="word"/> equals <paramref name="expected"/>, until woken or the deadline.</summary>
    /// <param name="word">A 4-byte aligned word in memory that does not move and stays mapped during the call.</param>
    /// <param name="expected">The value that the caller saw when it found its condition unmet.</param>
    /// <param name="deadline">Absolute, so that a signal (EINTR, handled here) does not lengthen the wait.</param>
    /// <exception cref="InvalidOperationException">The kernel refuses the word (not mapped, not aligned).</exception>
    public static FutexResult Wait(ref readonly uint word, uint expected, Deadline deadline)
    {
        LibC.Timespec time = new()
        {
            Seconds = deadline.Nanoseconds / NanosecondsPerSecond,
            Nanoseconds = deadline.Nanoseconds % NanosecondsPerSecond,
        };
        fixed (uint* address = &word)
        {
            while (true)
            {
                long result = LibC.FutexWait(address, expected, deadline.IsNever ? null : &time);
                switch (result)
                {
                    case >= 0:
                        return FutexResult.Woken;
                    case -LibC.EAGAIN:
                        return FutexResult.Changed;
                    case -LibC.ETIMEDOUT:
                        return FutexResult.TimedOut;
                    case -LibC.EINTR:
                        continue;
                    default:
                        throw Refused("wait on", result);
                }
            }
        }
    }

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
