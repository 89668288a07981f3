using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Bips.Tests.Support;

namespace Bips.Tests.Async;

/// <summary>
/// Waits of every kind, each as its users write it. What they come to is a word, exceptions included.
/// </summary>
internal static class Waits
{
    /// <summary>What a consumer that was cancelled comes to; so does a producer.</summary>
    public const string Cancelled = nameof(OperationCanceledException);

    /// <summary>What a producer comes to that gets a buffer.</summary>
    public const string Buffer = "buffer";

    /// <summary>Longest that a round may take at all, on a machine that does a hundred other things.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Begins before it returns, unless it has a thread of its own.</summary>
    public static Task<string> Start(Consumer consumer, TimedWait wait) => Outcome(wait.Kind switch
    {
        WaitKind.Pull => OnThread(() => Pull(consumer, wait)),
        WaitKind.PullAsync => PullAsync(consumer, wait),
        WaitKind.ReadAllAsync => Enumerate(consumer, wait),
        WaitKind.WaitSet => OnThread(() => WaitInSet(consumer, wait)),
        WaitKind.ReadAsync => Read(consumer, wait),
        WaitKind.Handle => OnThread(() => Poll(consumer, wait)),
        _ => throw new ArgumentException($"A consumer does not wait by {wait.Kind}.", nameof(wait)),
    });

    /// <inheritdoc cref="Start(Consumer, TimedWait)"/>
    public static Task<string> Start(Producer producer, TimedWait wait) => Outcome(wait.Kind switch
    {
        WaitKind.BufferPull => OnThread(() => Pull(producer, wait)),
        WaitKind.BufferPullAsync => PullAsync(producer, wait),
        WaitKind.BufferWaitSet => OnThread(() => WaitInSet(producer, wait)),
        WaitKind.FlushAsync => Flush(producer, wait),
        _ => throw new ArgumentException($"A producer does not wait by {wait.Kind}.", nameof(wait)),
    });

    /// <summary>What a wait came to, which must be over soon; a wait that is not over was lost.</summary>
    public static async Task<string> Soon(Task<string> outcome, TimedWait wait, string ends)
    {
        try
        {
            return await outcome.WaitAsync(s_patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return $"{wait.Kind} was not ended by {ends}";
        }
    }

    /// <summary>What a consumer comes to that gets a frame.</summary>
    public static string Frame(ulong sequence) => $"frame {sequence}";

    /// <summary>Publishes a frame that says its sequence, for readers that are not told it.</summary>
    public static void Send(Producer producer)
    {
        producer.Pull(out WriteLease lease);
        using (lease)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(lease.Span, producer.Published + 1);
            lease.Push(sizeof(ulong));
        }
    }

    private static Task<string> OnThread(Func<string> wait) =>
        Task.Factory.StartNew(wait, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static string Pull(Consumer consumer, TimedWait wait)
    {
        PullStatus status;
        ReadLease lease;
        using (wait.Begin())
        {
            status = consumer.Pull(out lease, Timeout.InfiniteTimeSpan, wait.Token);
        }

        return Describe(status, lease.Store());
    }

    private static async Task<string> PullAsync(Consumer consumer, TimedWait wait)
    {
        PullResult<StoredReadLease> pulled;
        using (wait.Begin())
        {
            pulled = await consumer.PullAsync(wait.Token).ConfigureAwait(false);
        }

        return Describe(pulled.Status, pulled.Lease);
    }

    private static async Task<string> Enumerate(Consumer consumer, TimedWait wait)
    {
        IAsyncEnumerator<StoredReadLease> frames = consumer.ReadAllAsync(wait.Token).GetAsyncEnumerator();
        await using (frames.ConfigureAwait(false))
        {
            bool isFrame;
            using (wait.Begin())
            {
                isFrame = await frames.MoveNextAsync().ConfigureAwait(false);
            }

            return isFrame ? Describe(PullStatus.Success, frames.Current) : nameof(PullStatus.EndOfStream);
        }
    }

    private static string WaitInSet(Consumer consumer, TimedWait wait)
    {
        var set = new WaitSet();
        set.Add(consumer);
        using (wait.Begin())
        {
            set.Wait(out _, Timeout.InfiniteTimeSpan, wait.Token);
        }

        PullStatus status = consumer.Pull(out ReadLease lease, TimeSpan.Zero);
        return Describe(status, lease.Store());
    }

    private static async Task<string> Read(Consumer consumer, TimedWait wait)
    {
        PipeReader reader = consumer.AsPipeReader(new FramePipeReaderOptions { LeaveOpen = true });
        wait.CancelPending = reader.CancelPendingRead;
        ReadResult read;
        using (wait.Begin())
        {
            read = await reader.ReadAsync(wait.Token).ConfigureAwait(false);
        }


        // A cancelled read brings what came at the same time all the same.
        string outcome = read switch
        {
            { Buffer.IsEmpty: false } => Frame(BinaryPrimitives.ReadUInt64LittleEndian(read.Buffer.FirstSpan)),
            { IsCanceled: true } => Cancelled,
            _ => nameof(PullStatus.EndOfStream),
        };
        await reader.CompleteAsync().ConfigureAwait(false);
        return outcome;
    }

    private static string Poll(Consumer consumer, TimedWait wait)
    {
        SafeHandle handle = consumer.ReadableHandle;
        PullStatus status;
        ReadLease lease;
        do
        {
            using (wait.Begin())
            {
                Descriptors.IsReadable(handle, milliseconds: -1);
            }

            // A signal may have ended the poll, or the frame be gone.
            status = consumer.Pull(out lease, TimeSpan.Zero);
        }
        while (status == PullStatus.TimedOut);

        return Describe(status, lease.Store());
    }

    private static string Pull(Producer producer, TimedWait wait)
    {
        PullStatus status;
        WriteLease lease;
        using (wait.Begin())
        {
            status = producer.Pull(out lease, Timeout.InfiniteTimeSpan, wait.Token);
        }

        lease.Dispose();
        return Describe(status);
    }

    private static async Task<string> PullAsync(Producer producer, TimedWait wait)
    {
        PullResult<StoredWriteLease> pulled;
        using (wait.Begin())
        {
            pulled = await producer.PullAsync(wait.Token).ConfigureAwait(false);
        }

        pulled.Lease.Dispose();
        return Describe(pulled.Status);
    }

    private static string WaitInSet(Producer producer, TimedWait wait)
    {
        var set = new WaitSet();
        set.Add(producer);
        using (wait.Begin())
        {
            set.Wait(out _, Timeout.InfiniteTimeSpan, wait.Token);
        }

        PullStatus status = producer.Pull(out WriteLease lease, TimeSpan.Zero);
        lease.Dispose();
        return Describe(status);
    }

    private static async Task<string> Flush(Producer producer, TimedWait wait)
    {
        PipeWriter writer = producer.AsPipeWriter(new FramePipeWriterOptions { LeaveOpen = true });
        wait.CancelPending = writer.CancelPendingFlush;
        FlushResult flushed;
        using (wait.Begin())
        {
            flushed = await writer.FlushAsync(wait.Token).ConfigureAwait(false);
        }

        await writer.CompleteAsync().ConfigureAwait(false);
        return flushed.IsCanceled ? Cancelled : Buffer;
    }

    private static string Describe(PullStatus status) => status == PullStatus.Success ? Buffer : status.ToString();

    private static string Describe(PullStatus status, StoredReadLease lease)
    {
        if (status != PullStatus.Success)
        {
            return status.ToString();
        }

        using (lease)
        {
            return Frame(lease.Sequence);
        }
    }

    private static async Task<string> Outcome(Task<string> running)
    {
        try
        {
            return await running.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return Cancelled;
        }
        catch (ObjectDisposedException)
        {
            return nameof(ObjectDisposedException);
        }
        catch (BipsException e)
        {
            return e.Error.ToString();
        }
    }
}
