using Bips.Signaler;

namespace Bips.Cli.Statistics;

/// <summary>Spaces frames evenly: each has its instant, counted from the first, so that errors do not add up.</summary>
internal sealed class FramePacer : IDisposable
{
    private readonly DeadlineSleep _sleep;
    private readonly double _period;
    private long _start;
    private long _turns;

    /// <param name="framesPerSecond">More than zero.</param>
    /// <param name="cancellation">Ends a wait.</param>
    public FramePacer(double framesPerSecond, CancellationToken cancellation)
    {
        _sleep = new DeadlineSleep(cancellation);
        _period = 1e9 / framesPerSecond;
    }

    /// <summary>Waits for the next frame's instant.</summary>
    /// <remarks>
    /// A producer that is late by more than a period (the input paused, or consumers made it wait) starts to count
    /// anew: to catch up it would send a burst, which pacing is there to avoid.
    /// </remarks>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void WaitForTurn()
    {
        long now = MonotonicClock.Nanoseconds;
        long turn = _start + (long)(_turns * _period);
        if (_turns == 0 || now - turn > _period)
        {
            _start = now;
            _turns = 0;
        }
        else
        {
            _sleep.Until(turn);
        }

        _turns++;
    }

    public void Dispose() => _sleep.Dispose();
}
