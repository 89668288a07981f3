namespace Bips.Cli.Reporting;

/// <summary>What a command says, and how.</summary>
/// <param name="Quiet">Errors only; JSON that was asked for is written all the same.</param>
/// <param name="Json">The result is one JSON object.</param>
/// <param name="Progress">How progress is shown.</param>
/// <param name="FramesToStandardOutput">
/// Frames go to the standard output, so everything else goes to the error stream.
/// </param>
internal sealed record OutputSettings(bool Quiet, bool Json, ProgressKind Progress, bool FramesToStandardOutput);
