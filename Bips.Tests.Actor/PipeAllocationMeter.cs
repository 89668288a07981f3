using System.Globalization;
using System.IO.Pipelines;

namespace Bips.Tests.Actor;

/// <summary>Counts what reads and flushes that wait allocate in the whole process, where nothing else runs.</summary>
internal static class PipeAllocationMeter
{
    private const int WarmUp = 3000;
    private const int FrameSize = 8;
    private const int Buffers = 4;

    /// <returns>Bytes in all, and how many reads or flushes were pending when their call returned.</returns>
    public static async Task<string> MeasureAsync(Arguments arguments)
    {
        string name = arguments.Text("name");
        bool join = arguments.Number("join") != 0;
        int rounds = arguments.Number("rounds", 1);
        var producer = Producer.Create(name, new PoolOptions { BufferSize = 64, BufferCount = Buffers });
        var consumer = Consumer.Open(name, new ConsumerOptions { MaximumHeld = join ? 2 : 1 });
        PipeWriter writer = producer.AsPipeWriter();
        PipeReader reader = consumer.AsPipeReader(new FramePipeReaderOptions { JoinFrames = join });

        // A token that can be cancelled, as a server's can: a wait that registers with it allocates no more than one
        // without.
        using var stopping = new CancellationTokenSource();
        Func<PipeWriter, PipeReader, int, CancellationToken, Task<int>> exchange = arguments.Text("what") switch
        {
            "read" => ReadPendingAsync,
            "flush" => FlushPendingAsync,
            string what => throw new InvalidOperationException($"cannot measure '{what}'"),
        };
        await exchange(writer, reader, WarmUp, stopping.Token).ConfigureAwait(false);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        int waits = await exchange(writer, reader, rounds, stopping.Token).ConfigureAwait(false);
        long bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        await reader.CompleteAsync().ConfigureAwait(false);
        await writer.CompleteAsync().ConfigureAwait(false);
        return string.Create(CultureInfo.InvariantCulture, $"ok {bytes} {waits}");
    }

    private static async Task<int> ReadPendingAsync(PipeWriter writer, PipeReader reader, int rounds,
        CancellationToken cancellation)
    {
        int waits = 0;
        for (int i = 0; i < rounds; i++)
        {
            ValueTask<ReadResult> read = reader.ReadAsync(cancellation);
            waits += read.IsCompleted ? 0 : 1;
            await WriteAsync(writer, cancellation).ConfigureAwait(false);
            reader.AdvanceTo((await read.ConfigureAwait(false)).Buffer.End);
        }

        return waits;
    }

    private static async Task<int> FlushPendingAsync(PipeWriter writer, PipeReader reader, int rounds,
        CancellationToken cancellation)
    {
        for (int i = 0; i < Buffers - 1; i++)
        {
            await WriteAsync(writer, cancellation).ConfigureAwait(false);
        }

        int waits = 0;
        for (int i = 0; i < rounds; i++)
        {
            ValueTask<FlushResult> flush = WriteAsync(writer, cancellation);
            waits += flush.IsCompleted ? 0 : 1;
            TryTake(reader);
            await flush.ConfigureAwait(false);
        }

        while (TryTake(reader))
        {
            // The next exchange begins with buffers that are free.
        }

        return waits;
    }

    private static bool TryTake(PipeReader reader)
    {
        bool success = reader.TryRead(out ReadResult read);
        if (success)
        {
            reader.AdvanceTo(read.Buffer.End);
        }

        return success;
    }

    private static ValueTask<FlushResult> WriteAsync(PipeWriter writer, CancellationToken cancellation)
    {
        writer.GetSpan(FrameSize);
        writer.Advance(FrameSize);
        return writer.FlushAsync(cancellation);
    }
}
