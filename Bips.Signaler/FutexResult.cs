namespace Bips.Signaler;

/// <summary>Why <see cref="Futex.Wait"/> returned.</summary>
public enum FutexResult
{
    /// <summary>Somebody called <see cref="Futex.Wake"/>, or the kernel woke the thread without a reason.</summary>
    Woken,

    /// <summary>The word no longer had the expected value; the thread did not sleep.</summary>
    Changed,

    /// <summary>The deadline came.</summary>
    TimedOut,
}
