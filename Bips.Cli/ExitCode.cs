namespace Bips.Cli;

/// <summary>
/// What the tool's exit status says. The numbers are a promise to scripts; <c>docs/cli.md</c> lists them.
/// </summary>
internal enum ExitCode
{
    Success = 0,
    Failure = 1,
    Usage = 2,
    TimedOut = 3,
    PoolNotFound = 4,
    Incompatible = 5,
    ProducerLost = 6,
    AccessDenied = 7,
    NoSpace = 8,
    PoolTooSmall = 9,
    ProducerActive = 10,
    TooManyConsumers = 11,
    BadInput = 12,
    CorruptPool = 13,
    PoolReplaced = 14,
    Evicted = 15,
    ProgramMissing = 16,
    HungUp = 129,
    Interrupted = 130,
    OutputClosed = 141,
    Terminated = 143,
}
