namespace Bips.Cli;

/// <summary>How a command failed: what its exit status says and what it tells people.</summary>
internal sealed record Failure(ExitCode Code, string Message)
{
    /// <param name="exception">What ended the command.</param>
    /// <param name="interruption">The code of the signal that came, if one did.</param>
    public static Failure From(Exception exception, ExitCode? interruption) => exception switch
    {
        OperationCanceledException or ObjectDisposedException when interruption is { } code =>
            new(code, ExitCodes.Describe(code)),
        ToolException e => new(e.Code, e.Message),
        BipsException e => new(ExitCodes.Of(e.Error), e.Message),
        ArgumentException e => new(ExitCode.Usage, WithoutParameter(e)),
        UnauthorizedAccessException e => new(ExitCode.AccessDenied, e.Message),
        IOException or PlatformNotSupportedException => new(ExitCode.Failure, exception.Message),
        _ => new(ExitCode.Failure, exception.ToString()),
    };

    /// <summary>The names of a method's parameters mean nothing to whoever types commands.</summary>
    private static string WithoutParameter(ArgumentException exception)
    {
        string message = exception.Message;
        int end = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
