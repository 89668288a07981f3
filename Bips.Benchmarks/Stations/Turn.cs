namespace Bips.Benchmarks.Stations;

/// <summary>
/// A section's turn. Every section has one to warm up, before anything is measured, and then one in each round.
/// </summary>
/// <param name="Section">What is done.</param>
/// <param name="IsWarmUp">Whether nothing of it counts.</param>
internal readonly record struct Turn(string Section, bool IsWarmUp);
