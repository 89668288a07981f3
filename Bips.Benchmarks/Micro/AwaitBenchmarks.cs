using BenchmarkDotNet.Attributes;

namespace Bips.Benchmarks.Micro;

/// <summary>
/// One frame through a pool within one process, payload untouched, by calls that block and by calls that are awaited.
/// Most benchmarks pull a frame that has been pushed, so nobody waits. The last two pull before the push, so a frame
/// costs a wake of the waiting thread and a wake of the thread pool.
/// </summary>
[MemoryDiagnoser]
public class AwaitBenchmarks : IDisposable
{
    private const int Rounds = 1000;
    private const int FrameSize = 1024;
    private MicroPool? _pool;
    private Producer? _producer;
    private Consumer? _consumer;
    private IAsyncEnumerator<StoredReadLease>? _frames;

    [GlobalSetup]
    public void Open()
    {
        _pool = new MicroPool(OverflowPolicy.Block);
        _producer = _pool.Producer;
        _consumer = _pool.Consumers[0];
        _frames = _consumer.ReadAllAsync().GetAsyncEnumerator();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _pool?.Dispose();
        _pool = null;
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public ulong Pull()
    {
        ulong last = 0;
        for (int i = 0; i < Rounds; i++)
        {
            Publish();
            _consumer!.Pull(out ReadLease frame);
            last = frame.Sequence;
            frame.Push();
        }

        return last;
    }

    [Benchmark(OperationsPerInvoke = Rounds)]
    public async Task<ulong> PullAsync_at_once()
    {
        ulong last = 0;
        for (int i = 0; i < Rounds; i++)
        {
            Publish();
            PullResult<StoredReadLease> pulled = await _consumer!.PullAsync().ConfigureAwait(false);
            last = pulled.Lease.Sequence;
            pulled.Lease.Push();
        }

        return last;
    }

    [Benchmark(OperationsPerInvoke = Rounds)]
    public async Task<ulong> ReadAllAsync_at_once()
    {
        ulong last = 0;
        for (int i = 0; i < Rounds; i++)
        {
            Publish();
            await _frames!.MoveNextAsync().ConfigureAwait(false);
            last = _frames.Current.Sequence;
            _frames.Current.Push();
        }

        return last;
    }

    [Benchmark(OperationsPerInvoke = Rounds)]
    public async Task<ulong> PullAsync_that_waits()
    {
        ulong last = 0;
        for (int i = 0; i < Rounds; i++)
        {
            ValueTask<PullResult<StoredReadLease>> pull = _consumer!.PullAsync();
            Publish();
            PullResult<StoredReadLease> pulled = await pull.ConfigureAwait(false);
            last = pulled.Lease.Sequence;
            pulled.Lease.Push();
        }

        return last;
    }

    [Benchmark(OperationsPerInvoke = Rounds)]
    public async Task<ulong> ReadAllAsync_that_waits()
    {
        ulong last = 0;
        for (int i = 0; i < Rounds; i++)
        {
            ValueTask<bool> move = _frames!.MoveNextAsync();
            Publish();
            await move.ConfigureAwait(false);
            last = _frames.Current.Sequence;
            _frames.Current.Push();
        }

        return last;
    }

    private void Publish()
    {
        _producer!.Pull(out WriteLease buffer);
        buffer.Push(FrameSize);
    }
}
