using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;

namespace Bips.Benchmarks.Micro;

/// <summary>
/// One frame through a pool by way of the Pipelines adapters, payload untouched. The baseline is the same frame by way
/// of leases; the framework's own pipe, within one process, stands beside it. Nobody waits except in the last two,
/// which begin each read before its frame is pushed, or each flush while the reader has all buffers: a frame then costs
/// a wake of the waiting thread and a wake of the thread pool.
/// </summary>
[MemoryDiagnoser]
public class PipeBenchmarks : IDisposable
{
    private const int Rounds = 1000;
    private const int FrameSize = 1000;

    private MicroPool? _leases;
    private MicroPool? _adapters;
    private PipeWriter? _writer;
    private PipeReader? _reader;
    private MicroPool? _full;
    private PipeWriter? _fullWriter;
    private PipeReader? _fullReader;
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
        _full = new MicroPool(OverflowPolicy.Block);
        _fullWriter = _full.Producer.AsPipeWriter();
        _fullReader = _full.Consumers[0].AsPipeReader(new FramePipeReaderOptions { JoinFrames = Join });
        for (int i = 1; i < _full.Producer.Pool.BufferCount; i++)
        {
            WriteAtOnce(_fullWriter);
        }

        _pipe = new Pipe();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _reader?.Complete();
        _writer?.Complete();
        _fullReader?.Complete();
        _fullWriter?.Complete();
        _adapters?.Dispose();
        _full?.Dispose();
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

    [Benchmark(OperationsPerInvoke = Rounds)]
    public async Task<long> Adapters_whose_reads_wait()
    {
        long length = 0;
        for (int i = 0; i < Rounds; i++)
        {
            ValueTask<ReadResult> pending = _reader!.ReadAsync();
            ThrowUnless(!pending.IsCompleted);
            WriteAtOnce(_writer!);
            ReadResult read = await pending.ConfigureAwait(false);
            length += read.Buffer.Length;
            _reader.AdvanceTo(read.Buffer.End);
        }

        return length;
    }

    [Benchmark(OperationsPerInvoke = Rounds)]
    public async Task<long> Adapters_whose_flushes_wait()
    {
        long length = 0;
        for (int i = 0; i < Rounds; i++)
        {
            ValueTask<FlushResult> flush = WriteAsync(_fullWriter!);
            ThrowUnless(!flush.IsCompleted);
            length += Take(_fullReader!);
            await flush.ConfigureAwait(false);
        }

        return length;
    }

    private static long Exchange(PipeWriter writer, PipeReader reader)
    {
        WriteAtOnce(writer);
        return Take(reader);
    }

    private static void WriteAtOnce(PipeWriter writer)
    {
        ValueTask<FlushResult> flush = WriteAsync(writer);
        ThrowUnless(flush.IsCompletedSuccessfully && !flush.Result.IsCanceled);
    }

    private static ValueTask<FlushResult> WriteAsync(PipeWriter writer)
    {
        writer.GetSpan(FrameSize);
        writer.Advance(FrameSize);
        return writer.FlushAsync();
    }

    private static long Take(PipeReader reader)
    {
        ThrowUnless(reader.TryRead(out ReadResult read));
        long length = read.Buffer.Length;
        reader.AdvanceTo(read.Buffer.End);
        return length;
    }

    private static void ThrowUnless(bool isAsMeant)
    {
        if (!isAsMeant)
        {
            throw new InvalidOperationException("What was to wait did not, or the other way round.");
        }
    }
}
