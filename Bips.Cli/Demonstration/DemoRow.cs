namespace Bips.Cli.Demonstration;

/// <summary>One process of the demo at one moment.</summary>
/// <param name="Name">What it does.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="Frames">Frames sent or received; null for the decoder.</param>
/// <param name="Lost">Frames lost; null for a producer.</param>
/// <param name="Lag">Frames published and not yet taken, by a consumer that runs.</param>
/// <param name="FramesPerSecond">On average; null for the decoder.</param>
/// <param name="LatencyP50Microseconds">Half the frames took no longer; null for a producer.</param>
/// <param name="LatencyP99Microseconds">99 of 100 took no longer; null for a producer.</param>
/// <param name="Processor">Share of one processor since the row before.</param>
internal sealed record DemoRow(string Name, int ProcessId, long? Frames, long? Lost, ulong? Lag,
    double? FramesPerSecond,
    double? LatencyP50Microseconds, double? LatencyP99Microseconds, double Processor);
