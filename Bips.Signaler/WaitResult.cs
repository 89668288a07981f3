namespace Bips.Signaler;

/// <summary>How a wait ended.</summary>
public enum WaitResult
{
    /// <summary>The condition is met.</summary>
    Met,

    /// <summary>The deadline came first; never early.</summary>
    TimedOut,

    /// <summary><see cref="IWaitCondition.IsHopeless"/> said so.</summary>
    Hopeless,
}
