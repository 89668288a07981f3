using System.CommandLine;
using Bips.Cli.Reporting;

namespace Bips.Cli.Commands;

/// <summary>The options that say how a command reports; every command has them.</summary>
internal sealed class OutputOptions
{
    private readonly Option<bool> _quiet = new("--quiet", "-q")
    {
        Description = "Say nothing but errors",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Write the result as one JSON object (to the error stream when frames go to the standard output)",
    };

    private readonly Option<ProgressKind?> _progress = OptionKinds.Choice("--progress",
        "Progress on the error stream: a line when it is a terminal, nothing, or JSON objects, one a line [default: " +
        "auto]",
        ("auto", ProgressKind.Auto), ("none", ProgressKind.None), ("json", ProgressKind.Json));

    public void AddTo(Command command)
    {
        command.Options.Add(_quiet);
        command.Options.Add(_json);
        command.Options.Add(_progress);
    }

    public OutputSettings Read(ParseResult parsed, bool framesToStandardOutput = false) =>
        new(parsed.GetValue(_quiet), parsed.GetValue(_json), parsed.GetValue(_progress) ?? ProgressKind.Auto,
            framesToStandardOutput);
}
