namespace Bips.Benchmarks.Ends;

/// <summary>How much of a payload is written by the producer and read by each consumer.</summary>
internal enum Touch
{
    /// <summary>Nothing: the cost of the hand-over alone.</summary>
    None,

    /// <summary>The first and the last word, each on a line of its own where the frame is that long.</summary>
    Ends,

    /// <summary>Every byte.</summary>
    All,
}
