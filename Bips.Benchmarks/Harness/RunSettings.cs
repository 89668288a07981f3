namespace Bips.Benchmarks.Harness;

/// <summary>How much time to spend, and where.</summary>
/// <param name="IsQuick">Short sections and few repetitions.</param>
/// <param name="Repetitions">How often each trial is done, each time with new processes.</param>
/// <param name="Processors">Processors to pin processes to, in order.</param>
internal sealed record RunSettings(bool IsQuick, int Repetitions, IReadOnlyList<int> Processors)
{
    /// <summary>
    /// Milliseconds before each measurement, in which caches fill and the runtime compiles: that takes long, because the thread that
    /// compiles competes with threads that spin.
    /// </summary>
    public int WarmMilliseconds => IsQuick ? 800 : 1500;

    /// <summary>Milliseconds of each measurement.</summary>
    public int RunMilliseconds => IsQuick ? 300 : 1000;

    public string Times => $"warm={WarmMilliseconds} run={RunMilliseconds}";
}
