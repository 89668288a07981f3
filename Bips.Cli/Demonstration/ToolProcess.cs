using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bips.Cli.Reporting;
using Bips.Processes;

namespace Bips.Cli.Demonstration;

/// <summary>This very program, run again as a producer or a consumer; it reports in JSON.</summary>
internal sealed class ToolProcess<TReport>
    where TReport : JobReport
{
    private readonly JsonTypeInfo<TReport> _type;
    private TReport? _latest;
    private TReport? _result;

    /// <param name="name">What to call it.</param>
    /// <param name="type">How to read its reports.</param>
    /// <param name="arguments">The command and its options.</param>
    public ToolProcess(string name, JsonTypeInfo<TReport> type, params string[] arguments)
    {
        _type = type;
        (string program, string[] prefix) = FindTool();
        string[] all = [.. prefix, .. arguments, "--json", "--progress", "json"];
        Process = ChildProcess.Start(program, all, new ChildOptions
        {
            Name = name,
            Input = ChildInput.Empty,
            OnOutput = TakeResult,
            OnError = TakeProgress,
        });
    }

    public ChildProcess Process { get; }

    /// <summary>What it said last; null before it said anything.</summary>
    public TReport? Latest => _result ?? _latest;

    /// <summary>What it said at its end; null before.</summary>
    public TReport? Result => _result;

    /// <summary>The program as it was started: by itself, or by <c>dotnet bips.dll</c>.</summary>
    private static (string Program, string[] Prefix) FindTool()
    {
        string program = Environment.ProcessPath
            ?? throw new PlatformNotSupportedException("The path of this program is unknown.");
        return Path.GetFileNameWithoutExtension(program) is "dotnet"
            ? (program, [Path.Combine(AppContext.BaseDirectory, "bips.dll")])
            : (program, []);
    }

    private bool TakeResult(string line)
    {
        _result = Parse(line) ?? _result;
        return true;
    }

    private bool TakeProgress(string line)
    {
        TReport? report = Parse(line);
        _latest = report ?? _latest;
        return report is not null;
    }

    private TReport? Parse(string line)
    {
        try
        {
            return line.StartsWith('{') ? JsonSerializer.Deserialize(line, _type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
