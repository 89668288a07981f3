using BenchmarkDotNet.Attributes;
using Bips.Signaler;

namespace Bips.Benchmarks.Micro;

/// <summary>
/// What a frame costs with more and more consumers that may lose it, all on one thread. The baseline is a reading of
/// the clock, which every push contains. The harness (<c>scale</c>) measures pushes without the pulls of consumers that
/// keep up, because the two must alternate.
/// </summary>
[MemoryDiagnoser]
public class FanOutBenchmarks : IDisposable
{
    private const int FrameSize = 1024;

    private MicroPool? _pool;
    private Consumer[] _consumers = [];
    private Producer? _producer;

    [Params(1, 8, 32)]
    public int Consumers { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _pool = new MicroPool([.. Enumerable.Repeat(OverflowPolicy.DropOldest, Consumers)]);
        _consumers = _pool.Consumers;
        _producer = _pool.Producer;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _pool?.Dispose();
        _pool = null;
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public long Reading_of_the_clock() => MonotonicClock.Nanoseconds;

    /// <summary>Nobody keeps up: before each frame the producer takes the oldest one away from all consumers.</summary>
    [Benchmark]
    public ulong Push_past_consumers_that_stand_still()
    {
        _producer!.Pull(out WriteLease buffer);
        return buffer.Push(FrameSize);
    }

    /// <summary>Everybody keeps up.</summary>
    [Benchmark]
    public ulong Push_and_pull_by_each()
    {
        _producer!.Pull(out WriteLease buffer);
        ulong sequence = buffer.Push(FrameSize);
        foreach (Consumer consumer in _consumers)
        {
            consumer.Pull(out ReadLease frame);
            frame.Push();
        }

        return sequence;
    }
}
