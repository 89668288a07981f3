using System.CommandLine;
using Bips.Cli.Commands;

namespace Bips.Cli;

/// <summary>The <c>bips</c> tool.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        var root = new RootCommand(
            "Bips: video frames in shared memory, from one producer to many consumers, without copies.\n\n" +
                ExitCodes.Table())
        {
            SendCommand.Create(),
            ReceiveCommand.Create(),
            DemoCommand.Create(),
        };
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count == 0)
        {
            // Commands handle signals themselves: they end their work and say how far they came.
            return parsed.Invoke(new InvocationConfiguration
            {
                ProcessTerminationTimeout = null,
                EnableDefaultExceptionHandler = false,
            });
        }

        foreach (var error in parsed.Errors)
        {
            Console.Error.WriteLine($"bips: {error.Message}");
        }

        Console.Error.WriteLine("'bips --help' and 'bips COMMAND --help' say what there is.");
        return (int)ExitCode.Usage;
    }
}
