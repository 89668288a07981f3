using Bips.Signaler.Kernel;

namespace Bips.Signaler.Waiting;

/// <summary>Sleeps on several words at once: <c>futex_waitv(2)</c>, Linux 5.16. Used by one thread.</summary>
internal sealed unsafe class FutexVector
{
    /// <summary>Most words that the kernel sleeps on at once.</summary>
    public const int Capacity = 128;

    /// <summary>
    /// Name of the <see cref="AppContext"/> switch, and of the environment variable (set to 1), that make Bips do
    /// without the system call as if the kernel had none. For tests of that case.
    /// </summary>
    public const string Switch = "BIPS_WITHOUT_FUTEX_WAITV";

    private static readonly bool s_isSwitchedOff = Environment.GetEnvironmentVariable(Switch) is "1";

    /// <summary>Whether the kernel, or a filter of system calls, has refused the call once.</summary>
    private static bool s_isRefused = IsUnknown();

    /// <summary>In memory that does not move, because the kernel reads it.</summary>
    private readonly LibC.FutexWaiter[] _words = GC.AllocateArray<LibC.FutexWaiter>(Capacity, pinned: true);
    private int _count;

    /// <summary>Whether more than one word can be slept on.</summary>
    public static bool IsAvailable =>
        !s_isRefused && !s_isSwitchedOff && !(AppContext.TryGetSwitch(Switch, out bool isOff) && isOff);

    public int Count => _count;

    public void Clear() => _count = 0;

    /// <param name="word">May be unmapped during the wait, which then ends or finds the word by its file.</param>
    /// <param name="expected">The value to sleep on.</param>
    /// <returns>False when there is no room; there always is for one.</returns>
    public bool TryAdd(FutexWord word, uint expected)
    {
        if (_count == (IsAvailable ? Capacity : 1))
        {
            return false;
        }

        _words[_count++] =
            new LibC.FutexWaiter { Expected = expected, Word = word.Address, Flags = LibC.FUTEX2_SIZE_U32 };
        return true;
    }

    /// <summary>
    /// Sleeps while every word has its value, until one is woken or the deadline. May end early for no reason.
    /// </summary>
    public void Wait(Deadline deadline)
    {
        if (!IsAvailable)
        {
            if (_count == 1)
            {
                _ = Futex.TryWait(_words[0].Word, (uint)_words[0].Expected, deadline);
            }

            return;
        }

        LibC.Timespec time = Futex.ToTimespec(deadline);
        fixed (LibC.FutexWaiter* words = _words)
        {
            long result = LibC.FutexWaitV(words, (uint)_count, deadline.IsNever ? null : &time);
            s_isRefused = result < 0 && -result is not (LibC.EAGAIN or LibC.EINTR or LibC.ETIMEDOUT or LibC.EFAULT);
        }
    }

    private static bool IsUnknown() => LibC.FutexWaitV(null, 0, null) != -LibC.EINVAL;
}
