using Bips.Signaler.Waiting;

namespace Bips.Waiting;

/// <summary>
/// Calls the user back when a consumer is evicted, but never on the waiting thread or under its lock.
/// </summary>
/// <param name="callback">The user's.</param>
internal sealed class EvictionCallback(Action<LaneEviction> callback)
{
    /// <summary>
    /// Calls back: in this thread, or on the thread pool where this thread has the waiting thread's lock.
    /// </summary>
    public void Raise(LaneEviction eviction)
    {
        if (WaitThread.Changes.IsHeldByCurrentThread)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static raised => raised.Callback(raised.Eviction),
                (Callback: callback, Eviction: eviction),
                preferLocal: false);
        }
        else
        {
            callback(eviction);
        }
    }
}
