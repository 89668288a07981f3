namespace Bips.Processes;

/// <summary>Where a child's standard output, or its standard error, goes to.</summary>
public enum ChildOutput
{
    /// <summary>The parent reads all lines as they come and keeps them.</summary>
    Collected,

    /// <summary>A pipe that the parent reads through <see cref="ChildProcess.Output"/>; standard output only.</summary>
    Piped,

    /// <summary>The same place as the parent's own.</summary>
    Inherited,
}
