namespace Bips.Cli.Reporting;

/// <summary>How a command shows that it is working.</summary>
internal enum ProgressKind
{
    /// <summary>A line that changes, when the error stream is a terminal; otherwise nothing.</summary>
    Auto,

    /// <summary>Nothing.</summary>
    None,

    /// <summary>Lines of JSON on the error stream.</summary>
    Json,
}
