using Bips.Cli.Reporting;

namespace Bips.Cli.Commands;

/// <summary>
/// The work of a command. <see cref="Run"/> is called once; the other members by another thread meanwhile or after.
/// </summary>
internal interface IJob : IDisposable
{
    /// <summary>Does the work. It may block in a system call that a cancellation does not end.</summary>
    void Run(CancellationToken cancellation);

    /// <summary>What has been done so far.</summary>
    JobReport Report(ReportEvent reason);
}
