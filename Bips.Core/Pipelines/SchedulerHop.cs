using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Bips.Pipelines;

/// <summary>Awaited, it goes on where the scheduler says.</summary>
/// <param name="scheduler">Where to.</param>
internal readonly struct SchedulerHop(PipeScheduler scheduler) : ICriticalNotifyCompletion
{
    /// <summary>Waits end on the thread pool anyway, and inline would be there too.</summary>
    public bool IsCompleted => scheduler == PipeScheduler.ThreadPool || scheduler == PipeScheduler.Inline;

    public SchedulerHop GetAwaiter() => this;

    public void GetResult()
    {
        // Nothing can have gone wrong.
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => scheduler.Schedule(static run => ((Action)run!)(), continuation);
}
