using Bips.Processes;
using Bips.Signaler;

namespace Bips.Cli.Demonstration;

/// <summary>How much of one processor a child used between two looks.</summary>
internal sealed class ProcessorMeter(ChildProcess child)
{
    /// <summary>Short times say little, because the kernel counts in steps of 10 ms.</summary>
    private const long ShortestNanoseconds = 900_000_000;
    private long _lastLook = MonotonicClock.Nanoseconds;
    private TimeSpan _lastTime;
    private double _share;

    /// <summary>1 is one whole processor.</summary>
    public double Share()
    {
        long now = MonotonicClock.Nanoseconds;
        if (now - _lastLook >= ShortestNanoseconds && !child.HasExited)
        {
            TimeSpan time = child.ProcessorTime;
            _share = (time - _lastTime).TotalNanoseconds / (now - _lastLook);
            _lastLook = now;
            _lastTime = time;
        }

        return _share;
    }
}
