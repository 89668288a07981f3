namespace Bips.Cli.Demonstration;

/// <summary>What <c>bips demo</c> was asked for.</summary>
/// <param name="Input">A video file; null for one that the demo makes.</param>
/// <param name="Seconds">How long to play at most.</param>
/// <param name="Rate">Frames per second.</param>
internal sealed record DemoSettings(string? Input, double Seconds, double Rate);
