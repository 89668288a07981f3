using Bips.Signaler;

namespace Bips;

/// <summary>
/// A failure that is nobody's expected outcome: the environment, a foreign or corrupt object, or misuse of a lease.
/// Time-outs, end of stream and the like are not exceptions but <see cref="PullStatus"/> values.
/// </summary>
public sealed class BipsException : Exception
{
    /// <summary>
    /// Makes one from what went wrong and a message that says what was asked, what was found and what to do.
    /// </summary>
    public BipsException(BipsError error, string message, Exception? cause = null)
        : base(message, cause)
    {
        Error = error;
    }

    /// <summary>What went wrong, for programs.</summary>
    public BipsError Error { get; }

    /// <exception cref="BipsException"><see cref="BipsError.ForkedChild"/>: this is a forked child.</exception>
    internal static void ThrowIfForked()
    {
        if (ForkGuard.IsForkedChild)
        {
            throw Forked();
        }
    }

    private static BipsException Forked() => new(
        BipsError.ForkedChild,
        "This process was forked from one that uses Bips, and memory, locks and threads do not survive a fork. Open " +
        "the pool in the child itself (in Python use the 'spawn' start method); the parent is not affected.");
}
