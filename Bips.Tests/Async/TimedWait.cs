using System.Diagnostics;
using Bips.Signaler;

namespace Bips.Tests.Async;

/// <summary>
/// One wait of a random round: how it is cancelled, when it began, what happened to it and when it was told.
/// </summary>
/// <param name="kind">How it waits.</param>
/// <param name="asksPipe">Whether a pipe is cancelled by its own method instead of by the token.</param>
internal sealed class TimedWait(WaitKind kind, bool asksPipe) : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private ulong _firstEnd = ulong.MaxValue;
    private ulong _begun;
    private ulong _told;

    public WaitKind Kind => kind;

    public CancellationToken Token => _cancellation.Token;

    /// <summary>What cancels a pipe's operation, if the pipe is asked.</summary>
    public Action? CancelPending { private get; set; }

    /// <summary>
    /// From the first thing that ended it, or from its begin if that came later, until whoever waits knew. Once it is
    /// over.
    /// </summary>
    public TimeSpan Latency
    {
        get
        {
            ulong since = Math.Max(Ordering.LoadAcquire(ref _firstEnd), _begun);
            return _told > since ? Stopwatch.GetElapsedTime((long)since, (long)_told) : TimeSpan.Zero;
        }
    }

    /// <summary>Called by whoever waits, right before.</summary>
    /// <returns>To be disposed of as the first thing after, however it ended.</returns>
    public Telling Begin()
    {
        _begun = (ulong)Stopwatch.GetTimestamp();
        return new Telling(this);
    }

    /// <summary>Something that ends the wait is about to happen. Any thread.</summary>
    public void End() => Interlocked.CompareExchange(ref _firstEnd, (ulong)Stopwatch.GetTimestamp(), ulong.MaxValue);

    public void Cancel()
    {
        if (asksPipe && CancelPending is { } cancel)
        {
            cancel();
        }
        else
        {
            _cancellation.Cancel();
        }
    }

    public void Dispose() => _cancellation.Dispose();

    public readonly struct Telling(TimedWait wait) : IDisposable
    {
        public void Dispose() => wait._told = (ulong)Stopwatch.GetTimestamp();
    }
}
