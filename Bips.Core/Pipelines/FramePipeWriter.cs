using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Bips.Pipelines;

/// <summary>A producer as a <see cref="PipeWriter"/>: what it hands out is the shared buffer, and a flush publishes it.</summary>
/// <remarks>
/// One thread at a time, except <see cref="CancelPendingFlush"/>. A flush takes the next buffer, and that is where it waits. Flushes allocate
/// nothing; those that wait use pooled state machines.
/// </remarks>
internal sealed class FramePipeWriter(Producer producer, FramePipeWriterOptions options) : PipeWriter
{
    private readonly WaitCancellation _cancellation = new();
    private StoredWriteLease _lease;
    private bool _hasLease;

    /// <summary>Bytes of the buffer that are written.</summary>
    private int _written;

    /// <summary>Bytes behind them that were handed out and may be advanced over.</summary>
    private int _handedOut;
    private bool _isWaiting;
    private bool _isCompleted;
    private bool _hadConsumers;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _written;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        HandOut(sizeHint);
        return _lease.Memory[_written..];
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        HandOut(sizeHint);
        return _lease.Span[_written..];
    }

    public override void Advance(int bytes)
    {
        if ((uint)bytes > (uint)_handedOut)
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, $"{_handedOut} bytes have been handed out and not advanced over.");
        }

        _written += bytes;
        _handedOut -= bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowUnlessIdle();
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        Publish();
        bool isCanceled = _cancellation.TryObserve();
        return isCanceled || TryTakeBuffer() ? new(Result(isCanceled)) : WaitAsync(cancellationToken);
    }

    /// <exception cref="ArgumentOutOfRangeException">More than is left of the buffer; nothing of it was written.</exception>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowUnlessIdle();
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        if (!source.IsEmpty)
        {
            source.Span.CopyTo(GetSpan(source.Length));
            Advance(source.Length);
        }

        return FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => _cancellation.Request();

    public override void Complete(Exception? exception = null)
    {
        if (_isCompleted)
        {
            return;
        }

        _isCompleted = true;
        bool hasFailed = exception is not null;
        if (!hasFailed)
        {
            Publish();
        }

        if (_hasLease)
        {
            _lease.Dispose();
            _hasLease = false;
        }

        if (options.LeaveOpen)
        {
            _cancellation.Request();
        }
        else if (hasFailed)
        {
            producer.Abandon();
        }
        else
        {
            producer.Dispose();
        }
    }

    private static InvalidOperationException Completed() => new("This writer has completed. Make another one to write on.");

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> WaitAsync(CancellationToken cancellation)
    {
        _isWaiting = true;
        try
        {
            PullResult<StoredWriteLease> pulled = await producer.PullAsync(_cancellation.Begin(cancellation)).ConfigureAwait(false);
            Accept(pulled.Lease);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (OperationCanceledException)
        {
            // By CancelPendingFlush, which the result tells.
        }
        catch (ObjectDisposedException) when (_isCompleted)
        {
            throw Completed();
        }
        finally
        {
            _cancellation.End();
            _isWaiting = false;
            await new SchedulerHop(options.Scheduler);
        }

        ThrowIfCompleted();
        return Result(_cancellation.TryObserve());
    }

    private void HandOut(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        ThrowUnlessIdle();
        if (!TryTakeBuffer())
        {
            throw new InvalidOperationException(
                $"No buffer of pool '{producer.Pool.Name}' is free, and the flush that would have waited for one was cancelled, or there was " +
                "none yet. Await FlushAsync, which publishes nothing when nothing is written, and then ask for memory.");
        }

        int size = producer.Pool.BufferSize;
        int left = size - _written;
        if (left < Math.Max(sizeHint, 1))
        {
            throw new ArgumentOutOfRangeException(nameof(sizeHint), sizeHint,
                $"A frame of pool '{producer.Pool.Name}' has at most {size} bytes; {_written} are written, {left} are left, and " +
                $"{Math.Max(sizeHint, 1)} are asked for. Create the pool with a larger {nameof(PoolOptions.BufferSize)}, or flush before, " +
                "which ends the frame.");
        }

        _handedOut = left;
    }

    private bool TryTakeBuffer()
    {
        if (!_hasLease && producer.TryPull(out WriteLease lease))
        {
            Accept(lease.Store());
        }

        return _hasLease;
    }

    private void Accept(StoredWriteLease lease)
    {
        if (_isCompleted)
        {
            lease.Dispose();
            return;
        }

        _lease = lease;
        _hasLease = true;
    }

    private void Publish()
    {
        if (_written > 0)
        {
            _lease.Push(_written);
            _hasLease = false;
        }

        _written = 0;
        _handedOut = 0;
    }

    private FlushResult Result(bool isCanceled) => new(isCanceled, options.CompleteWithConsumers && HaveConsumersLeft());

    private bool HaveConsumersLeft()
    {
        bool hasConsumers = producer.HasConsumers();
        _hadConsumers |= hasConsumers;
        return _hadConsumers && !hasConsumers;
    }

    private void ThrowUnlessIdle()
    {
        ThrowIfCompleted();
        if (_isWaiting)
        {
            throw new InvalidOperationException("A flush is pending: await it before the next call.");
        }
    }

    private void ThrowIfCompleted()
    {
        if (_isCompleted)
        {
            throw Completed();
        }
    }
}
