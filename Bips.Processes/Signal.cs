namespace Bips.Processes;

/// <summary>Signals by their numbers on Linux, the same on x86-64 and arm64.</summary>
public enum Signal
{
    /// <summary>SIGHUP.</summary>
    Hangup = 1,

    /// <summary>SIGINT, what Ctrl-C sends.</summary>
    Interrupt = 2,

    /// <summary>SIGKILL: ends a process at its next instruction; it cannot clean up.</summary>
    Kill = 9,

    /// <summary>SIGTERM: asks a process to end.</summary>
    Terminate = 15,

    /// <summary>SIGCONT: lets a stopped process go on.</summary>
    Continue = 18,

    /// <summary>SIGSTOP: a process does nothing until SIGCONT.</summary>
    Stop = 19,
}
