namespace Bips.Processes;

/// <summary>What came of a program that has run to its end.</summary>
/// <param name="ExitCode">Its exit code; 128 and the number of the signal that ended it.</param>
/// <param name="Output">All of its standard output.</param>
/// <param name="Error">All of its standard error.</param>
public sealed record ChildResult(int ExitCode, string Output, string Error);
