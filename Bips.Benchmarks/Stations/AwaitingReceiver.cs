using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>Receives the frames of a schedule and awaits each, so no thread of this program sleeps in a pull.</summary>
internal static class AwaitingReceiver
{
    /// <summary>Receives until the frame that says the end.</summary>
    /// <param name="consumer">Where from.</param>
    /// <param name="times">Gets the time from when each frame was due, but for the first ones.</param>
    /// <param name="uncounted">How many those are.</param>
    /// <param name="endMark">What the last frame says.</param>
    public static async Task ReceiveAsync(Consumer consumer, Histogram times, int uncounted, ulong endMark)
    {
        for (int i = 0; ; i++)
        {
            PullResult<StoredReadLease> pulled = await consumer.PullAsync().ConfigureAwait(false);
            if (!pulled.IsSuccess)
            {
                throw new InvalidOperationException(
                    $"The pull ended with {pulled.Status} instead of a frame: the sender is gone.");
            }

            ulong due = PayloadWork.ReadLine(pulled.Lease.Span);
            long now = MonotonicClock.Nanoseconds;
            pulled.Lease.Push();
            if (due == endMark)
            {
                return;
            }

            if (i >= uncounted)
            {
                times.Record(now - (long)due);
            }
        }
    }
}
