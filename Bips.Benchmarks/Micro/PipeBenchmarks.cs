using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;

namespace Bips.Benchmarks.Micro;

/// <summary>
/// One frame through a pool by way of the Pipelines adapters, on one thread, payload untouched. The baseline is the same frame by way
/// of leases; the framework's own pipe, within one process, stands beside it.
/// </summary>
[MemoryDiagnoser]
public class PipeBenchmarks : IDisposable
{
    private const int FrameSize = 1000;

    private MicroPool? _leases;
    private MicroPool? _adapters;
    private PipeWriter? _writer;
    private PipeReader? _reader;
    private Pipe? _pipe;

    /// <summary>Whether a read takes all frames that are there; here there is one.</summary>
    [Params(false, true)]
    public bool Join { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _leases = new MicroPool(OverflowPolicy.Block);
        _adapters = new MicroPool(OverflowPolicy.Block);
        _writer = _adapters.Producer.AsPipeWriter();
        _reader = _adapters.Consumers[0].AsPipeReader(new FramePipeReaderOptions { JoinFrames = Join });
        _pipe = new Pipe();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _reader?.Complete();
        _writer?.Complete();
        _adapters?.Dispose();
        _leases?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public int Leases()
    {
        _leases!.Producer.Pull(out WriteLease buffer);
        buffer.Push(FrameSize);
        _leases.Consumers[0].Pull(out ReadLease frame);
        frame.Push();
        return frame.Length;
    }

    [Benchmark]
    public long Adapters() => Exchange(_writer!, _reader!);

    [Benchmark]
    public long Pipe_of_the_framework() => Exchange(_pipe!.Writer, _pipe.Reader);

    private static long Exchange(PipeWriter writer, PipeReader reader)
    {
        writer.GetSpan(FrameSize);
        writer.Advance(FrameSize);
        ValueTask<FlushResult> flush = writer.FlushAsync();
        if (!flush.IsCompletedSuccessfully || flush.Result.IsCanceled || !reader.TryRead(out ReadResult read))
        {
            throw new InvalidOperationException("One of both sides had to wait.");
        }

        long length = read.Buffer.Length;
        reader.AdvanceTo(read.Buffer.End);
        return length;
    }
}
