using System.Diagnostics;

namespace Bips.Processes;

/// <summary>How a child is started; the defaults suit a child that answers line by line.</summary>
public sealed record ChildOptions
{
    /// <summary>What messages call the child; null for the program's file name.</summary>
    public string? Name { get; init; }

    /// <summary>Where its standard input comes from.</summary>
    public ChildInput Input { get; init; }

    /// <summary>Where its standard output goes to.</summary>
    public ChildOutput Output { get; init; }

    /// <summary>Where its standard error goes to: <see cref="ChildOutput.Piped"/> is not for this stream.</summary>
    public ChildOutput Error { get; init; }

    /// <summary>Its working directory; null for the parent's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Environment variables that differ from the parent's; null as a value removes the variable.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } =
        new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>
    /// Whether the parent may kill the child. A killed .NET process leaves the files of its diagnostic ports
    /// (<c>clr-debug-pipe-*</c>, <c>dotnet-diagnostic-*</c>) in the temporary directory, so such a child opens none.
    /// </summary>
    public bool MayBeKilled { get; init; }

    /// <summary>Its scheduling priority; null for the parent's. Above normal needs root.</summary>
    public ProcessPriorityClass? Priority { get; init; }

    /// <summary>Sees each collected line of output first; returns true for a line that need not be kept.</summary>
    public Func<string, bool>? OnOutput { get; init; }

    /// <summary>Sees each collected line of errors first; returns true for a line that need not be kept.</summary>
    public Func<string, bool>? OnError { get; init; }
}
