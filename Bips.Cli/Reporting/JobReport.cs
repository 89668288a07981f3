using System.Text.Json.Serialization;

namespace Bips.Cli.Reporting;

/// <summary>What a command has done so far (a line of progress) or altogether (its result).</summary>
[JsonDerivedType(typeof(SendReport))]
[JsonDerivedType(typeof(ReceiveReport))]
[JsonDerivedType(typeof(DemoReport))]
internal abstract record JobReport
{
    [JsonPropertyOrder(-3)]
    public required ReportEvent Event { get; init; }

    /// <summary>Name of the pool.</summary>
    [JsonPropertyOrder(-2)]
    public required string Pool { get; init; }

    /// <summary>The process that reports.</summary>
    [JsonPropertyOrder(-1)]
    public int ProcessId { get; init; } = Environment.ProcessId;

    /// <summary>Of a result: the exit code as a number, and as a word.</summary>
    [JsonPropertyOrder(10)]
    public int? ExitCode { get; init; }

    [JsonPropertyOrder(11)]
    public ExitCode? Exit { get; init; }

    /// <summary>Of a result that is no success: what went wrong.</summary>
    [JsonPropertyOrder(12)]
    public string? Message { get; init; }

    /// <summary>Whether nothing has been done that is worth a summary.</summary>
    public abstract bool IsEmpty();

    /// <summary>One line for people who watch.</summary>
    public abstract string ToProgressLine();

    /// <summary>A few lines for people at the end.</summary>
    public abstract string ToSummary();
}
