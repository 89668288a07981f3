namespace Bips.Cli;

/// <summary>Ends a command with a message for people and an exit code for programs.</summary>
internal sealed class ToolException : Exception
{
    public ToolException(ExitCode code, string message, Exception? cause = null)
        : base(message, cause)
    {
        Code = code;
    }

    public ExitCode Code { get; }

    public static ToolException BadInput(string message) => new(ExitCode.BadInput, message);
}
