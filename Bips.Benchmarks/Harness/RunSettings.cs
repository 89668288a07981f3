namespace Bips.Benchmarks.Harness;

/// <summary>How much time to spend, and where.</summary>
/// <param name="IsQuick">Short sections and few repetitions.</param>
/// <param name="Repetitions">How often each trial is done, each time with new processes.</param>
/// <param name="Processors">Processors to pin processes to, in order.</param>
internal sealed record RunSettings(bool IsQuick, int Repetitions, IReadOnlyList<int> Processors)
{
    /// <summary>Milliseconds to warm up and to measure each section; null for the defaults of both.</summary>
    public int? SectionMilliseconds { get; init; }

    /// <summary>
    /// Milliseconds before each measurement, in which caches fill and the runtime compiles. Compiling takes long,
    /// because its thread competes with threads that spin.
    /// </summary>
    public int WarmMilliseconds => SectionMilliseconds ?? (IsQuick ? 800 : 1500);

    /// <summary>How often the sections of a trial alternate in each repetition.</summary>
    public int Rounds => IsQuick ? 3 : 5;

    /// <summary>Milliseconds for which a repetition measures each section, over all rounds together.</summary>
    public int RunMilliseconds => SectionMilliseconds ?? (IsQuick ? 300 : 1000);

    /// <summary>
    /// Times for trials with many sections whose processors do not spin, so that the compiling thread finds time.
    /// </summary>
    public string BriefTimes =>
        $"warm={SectionMilliseconds ?? (IsQuick ? 250 : 300)} run={SectionMilliseconds ?? (IsQuick ? 200 : 500)}";

    public string Times => $"warm={WarmMilliseconds} run={RunMilliseconds}";
}
