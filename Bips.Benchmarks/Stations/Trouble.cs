namespace Bips.Benchmarks.Stations;

/// <summary>What a consumer does that the others should not notice.</summary>
internal enum Trouble
{
    /// <summary>It is not there.</summary>
    Nobody,

    /// <summary>It keeps up.</summary>
    Healthy,

    /// <summary>It holds each frame for ten milliseconds.</summary>
    Slow,

    /// <summary>It is stopped (SIGSTOP) while it holds a frame.</summary>
    Stopped,

    /// <summary>It is killed (SIGKILL) while it holds a frame, in the middle of the turn.</summary>
    Crashing,
}
