namespace Bips.Processes;

/// <summary>Where a child's standard input comes from.</summary>
public enum ChildInput
{
    /// <summary>A pipe that the parent writes to through <see cref="ChildProcess.Input"/>.</summary>
    Piped,

    /// <summary>Nowhere: the child finds the end of its input at once.</summary>
    Empty,
}
