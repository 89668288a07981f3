namespace Bips.Signaler;

/// <summary>What a waiter waits for.</summary>
public interface IWaitCondition
{
    /// <summary>
    /// How many pauses of the processor lie between two looks of a spinning waiter. More than one where a look reads
    /// many words: the owners of those words pay for each look.
    /// </summary>
    static virtual int PausesBetweenLooks => 1;

    /// <summary>Whether the wait is over. Called many times, so it should touch as little memory as it can.</summary>
    bool IsMet();

    /// <summary>
    /// Called before sleeping, and after each slice that ended without a wake-up: whether the wait is over for a reason
    /// that costs more to find out (the peer died, the caller was cancelled).
    /// </summary>
    /// <param name="afterSlice">False before a sleep: only what is cheap need be looked at.</param>
    bool IsHopeless(bool afterSlice);
}
