using Bips.Cli.Reporting;

namespace Bips.Cli.Commands;

/// <summary>
/// Runs a job until it or a signal ends it, and shows its progress. However it ends, reports once and cleans up.
/// </summary>
internal static class JobRunner
{
    private static readonly TimeSpan s_progressPeriod = TimeSpan.FromMilliseconds(250);

    public static int Run(IJob job, Reporter reporter)
    {
        using var termination = new Termination();
        Failure? failure = null;
        try
        {
            using Timer? ticker = reporter.ShowsProgress
                ? new Timer(_ => reporter.Progress(job.Report(ReportEvent.Progress)), null, s_progressPeriod,
                    s_progressPeriod)
                : null;
            InterruptibleWork.Run(job.Run, termination.Token);
        }
        catch (Exception e)
        {
            failure = Failure.From(e, termination.Code);
        }
        finally
        {
            job.Dispose();
        }

        if (failure is not null)
        {
            reporter.Error(failure.Message);
        }

        ExitCode code = failure?.Code ?? ExitCode.Success;
        reporter.Result(job.Report(ReportEvent.Result) with
        {
            ExitCode = (int)code,
            Exit = code,
            Message = failure?.Message,
        });
        return (int)code;
    }
}
