namespace Bips.Tests.Actor;

/// <summary>A frame of a typed pool, known to the tests and to the other process.</summary>
public record struct Reading(long Time, float X, float Y, byte Quality);
