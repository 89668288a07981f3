using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Bips.Benchmarks.Raw;

namespace Bips.Benchmarks.Micro;

/// <summary>
/// One frame through a pool on one thread, payload untouched: the producer pulls and pushes, the consumer pulls and
/// pushes. Its baseline is a buffer number that goes out through one index ring and comes back through another.
/// </summary>
[MemoryDiagnoser]
public unsafe class ExchangeBenchmarks : IDisposable
{
    private const int FrameSize = 1024;

    private byte* _memory;
    private IndexRing _putOut;
    private IndexRing _takeOut;
    private IndexRing _putBack;
    private IndexRing _takeBack;
    private MicroPool? _pool;
    private Producer? _producer;
    private Consumer? _consumer;

    /// <summary>How the consumer would lose frames if it were slow; here it keeps up.</summary>
    [ParamsAllValues]
    public OverflowKind Policy { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _memory = (byte*)NativeMemory.AlignedAlloc(2 * IndexRing.Length, (nuint)Environment.SystemPageSize);
        NativeMemory.Clear(_memory, 2 * IndexRing.Length);
        _putOut = _takeOut = new IndexRing(_memory);
        _putBack = _takeBack = new IndexRing(_memory + IndexRing.Length);
        for (uint i = 0; i < 8; i++)
        {
            _putBack.TryPut(i);
        }

        _pool = new MicroPool(Policy switch
        {
            OverflowKind.DropOldest => OverflowPolicy.DropOldest,
            OverflowKind.Latest => OverflowPolicy.Latest(),
            _ => OverflowPolicy.Block,
        });
        _producer = _pool.Producer;
        _consumer = _pool.Consumers[0];
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _pool?.Dispose();
        _pool = null;
        NativeMemory.AlignedFree(_memory);
        _memory = null;
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public uint Index_out_and_back()
    {
        _takeBack.TryTake(out uint index);
        _putOut.TryPut(index);
        _takeOut.TryTake(out uint taken);
        _putBack.TryPut(taken);
        return taken;
    }

    [Benchmark]
    public ulong Frame_with_the_time_of_its_push()
    {
        _producer!.Pull(out WriteLease buffer);
        buffer.Push(FrameSize);
        _consumer!.Pull(out ReadLease frame);
        frame.Push();
        return frame.Sequence;
    }

    /// <summary>As a source does that knows when its frame was captured: no clock is read.</summary>
    [Benchmark]
    public ulong Frame_with_a_time_supplied()
    {
        _producer!.Pull(out WriteLease buffer);
        buffer.Push(FrameSize, timestamp: 1);
        _consumer!.Pull(out ReadLease frame);
        frame.Push();
        return frame.Sequence;
    }
}
