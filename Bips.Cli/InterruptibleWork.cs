using System.Runtime.ExceptionServices;

namespace Bips.Cli;

/// <summary>
/// Runs work that may block in a read or a write of a pipe. No cancellation ends such a call, but the program must be
/// able to end.
/// </summary>
internal static class InterruptibleWork
{
    /// <summary>
    /// How long after a cancellation the work may take to end, before it is abandoned where it blocks.
    /// </summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs the work on a thread of its own and waits for it.</summary>
    /// <exception cref="OperationCanceledException">
    /// Cancelled. The work has ended, or it still blocks in a system call: end the process soon.
    /// </exception>
    public static void Run(Action<CancellationToken> work, CancellationToken cancellation)
    {
        ExceptionDispatchInfo? failure = null;
        var ended = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            try
            {
                work(cancellation);
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                ended.Set();
            }
        })
        {
            IsBackground = true,
            Name = "bips",
        };
        thread.Start();
        try
        {
            ended.Wait(cancellation);
        }
        catch (OperationCanceledException) when (ended.Wait(s_grace, CancellationToken.None))
        {
            // It has noticed by itself: what it says counts.
        }

        failure?.Throw();
    }
}
