namespace Bips;

/// <summary>The member of a <see cref="WaitSet"/> that a wait ended for: one of the two is not null.</summary>
/// <param name="Consumer">A pull of it, without waiting, comes to something else than a time-out.</param>
/// <param name="Producer">A pull of it, without waiting, succeeds.</param>
/// <param name="Tag">What it was added with.</param>
public readonly record struct WaitSetEvent(Consumer? Consumer, Producer? Producer, object? Tag);
