using System.Diagnostics;
using System.Globalization;

namespace Bips.Tests.Actor;

/// <summary>
/// A consumer whose producer may write anything. It reads every byte that it gets and opens the pool again after every
/// error.
/// </summary>
/// <remarks>It must go on: every call returns about in time, and none faults.</remarks>
internal sealed class Endurance(Arguments arguments)
{
    private int _pulls;
    private int _frames;
    private int _corrupt;
    private int _openings;
    private ulong _sum;
    private TimeSpan _slowest;

    /// <returns>Numbers of pulls, frames, errors and openings, and the milliseconds of the slowest call.</returns>
    public string Run()
    {
        TimeSpan duration = arguments.Time("time", 1000);
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            Try(() =>
            {
                _openings++;
                using Consumer consumer = Timed(() =>
                    Consumer.Open(arguments.Text("name"), arguments.ConsumerOptions()));
                Read(consumer);
            });
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"ok {_pulls} {_frames} {_corrupt} {_openings} {_slowest.TotalMilliseconds:F0} sum={_sum}");
    }

    private void Read(Consumer consumer)
    {
        const int pullsPerOpening = 200;
        var leases = new Queue<StoredReadLease>();
        bool fine = true;
        for (int i = 0; i < pullsPerOpening && fine; i++)
        {
            fine = Try(() => Timed(() => Pull(consumer, leases)));
            if (leases.Count == arguments.Number("held", 1))
            {
                leases.Dequeue().Dispose();
            }
        }

        while (leases.TryDequeue(out StoredReadLease lease))
        {
            lease.Dispose();
        }
    }

    private bool Pull(Consumer consumer, Queue<StoredReadLease> leases)
    {
        _pulls++;
        if (consumer.Pull(out ReadLease lease, TimeSpan.FromMilliseconds(5)) == PullStatus.Success)
        {
            _frames++;
            _sum += Sum(lease.Span) + Sum(lease.Metadata);
            leases.Enqueue(lease.Store());
        }

        return true;
    }

    private T Timed<T>(Func<T> call)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            return call();
        }
        finally
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            _slowest = elapsed > _slowest ? elapsed : _slowest;
        }
    }

    private bool Try(Action call)
    {
        try
        {
            call();
            return true;
        }
        catch (BipsException e) when (e.Error is BipsError.Corrupt or BipsError.PoolNotFound or BipsError.PoolTooSmall)
        {
            _corrupt++;
            return false;
        }
    }

    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        foreach (byte value in bytes)
        {
            sum += value;
        }

        return sum;
    }
}
