using Bips.Processes;

namespace Bips.Tests.Support;

/// <summary>Runs a program to its end.</summary>
internal static class Shell
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    /// <returns>Its standard output; a failure fails the test with its standard error.</returns>
    public static string Run(string program, params string[] arguments)
    {
        (int code, string output, string error) = TryRun(program, arguments);
        Assert.That(code, Is.Zero, $"{program} {string.Join(' ', arguments)}: {output} {error}");
        return output;
    }

    public static (int Code, string Output, string Error) TryRun(string program, params string[] arguments)
    {
        (int code, string output, string error) = ChildProcess.Run(program, arguments, s_patience);
        return (code, output, error);
    }
}
