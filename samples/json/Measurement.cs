namespace Bips.Samples.Json;

/// <summary>What is sent: any type that a serialiser can write will do.</summary>
internal sealed record Measurement(int Number, string Place, double[] Values);
