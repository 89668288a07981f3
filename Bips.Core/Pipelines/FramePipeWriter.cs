using System.IO.Pipelines;
using Bips.Errors;
using Bips.Waiting;

namespace Bips.Pipelines;

/// <summary>
/// A producer as a <see cref="PipeWriter"/>: what it hands out is the shared buffer, and a flush publishes it.
/// </summary>
/// <remarks>
/// One thread at a time, except <see cref="CancelPendingFlush"/>; and <see cref="Complete"/> while a flush waits. A
/// flush takes the next buffer, and that is where it waits. Flushes allocate nothing, nor do those that wait, as long
/// as each is awaited before the next.
/// </remarks>
internal sealed class FramePipeWriter : PipeWriter, IPipeAdapter<StoredWriteLease, FlushResult>
{
    private readonly ProducerPulls _pulls;
    private readonly string _pool;
    private readonly Action _dispose;
    private readonly FramePipeWriterOptions _options;
    private readonly PipeOperation<StoredWriteLease, FlushResult> _wait;
    private StoredWriteLease _lease;
    private bool _hasLease;

    /// <summary>Bytes of the buffer that are written.</summary>
    private int _written;

    /// <summary>Bytes behind them that were handed out and may be advanced over.</summary>
    private int _handedOut;
    private bool _hadConsumers;

    /// <param name="pulls">The producer's.</param>
    /// <param name="pool">The pool's name, for messages.</param>
    /// <param name="dispose">Disposes the producer, which ends the stream.</param>
    /// <param name="options">How flushes become frames.</param>
    public FramePipeWriter(ProducerPulls pulls, string pool, Action dispose, FramePipeWriterOptions options)
    {
        _pulls = pulls;
        _pool = pool;
        _dispose = dispose;
        _options = options;
        _wait = new PipeOperation<StoredWriteLease, FlushResult>(this, options.Scheduler);
    }

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
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, $"{_handedOut} bytes have been handed out " +
                "and not advanced over.");
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
        bool isCanceled = _wait.TryObserveCancel();
        return isCanceled || TryTakeBuffer() ? new(Result(isCanceled)) : _wait.Begin(cancellationToken);
    }

    /// <exception cref="ArgumentOutOfRangeException">
    /// More than is left of the buffer; nothing of it was written.
    /// </exception>
    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
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

    public override void CancelPendingFlush() => _wait.Cancel();

    public override void Complete(Exception? exception = null)
    {
        if (!_wait.TryComplete())
        {
            return;
        }

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

        if (_options.LeaveOpen)
        {
            _wait.Cancel();
        }
        else if (hasFailed)
        {
            _pulls.Abandon();
        }
        else
        {
            _dispose();
        }
    }

    bool IPipeAdapter<StoredWriteLease, FlushResult>.BeginPull(
        IThreadPoolWorkItem follower,
        CancellationToken cancellation,
        out ValueTask<PullResult<StoredWriteLease>> pull) =>
        _pulls.BeginPull(follower, cancellation, out pull);

    bool IPipeAdapter<StoredWriteLease, FlushResult>.Accept(PullResult<StoredWriteLease> pulled)
    {
        Accept(pulled.Lease);
        return true;
    }

    FlushResult IPipeAdapter<StoredWriteLease, FlushResult>.Result(bool isCanceled)
    {
        ThrowIfCompleted();
        return Result(isCanceled);
    }

    private void HandOut(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        ThrowUnlessIdle();
        if (!TryTakeBuffer())
        {
            throw new InvalidOperationException(
                $"No buffer of pool '{_pool}' is free, and the flush that would have waited for one was cancelled, " +
                "or there was none yet. Await FlushAsync, which publishes nothing when nothing is written, and then " +
                "ask for memory.");
        }

        int size = _pulls.BufferSize;
        int left = size - _written;
        if (left < Math.Max(sizeHint, 1))
        {
            throw new ArgumentOutOfRangeException(nameof(sizeHint), sizeHint,
                $"A frame of pool '{_pool}' has at most {size} bytes; {_written} are written, {left} are left, and " +
                $"{Math.Max(sizeHint, 1)} are asked for. Create the pool with a larger {OptionNames.BufferSize}, or " +
                "flush before, which ends the frame.");
        }

        _handedOut = left;
    }

    private bool TryTakeBuffer()
    {
        if (!_hasLease && _pulls.TryPull(out WriteLease lease))
        {
            Accept(lease.Store());
        }

        return _hasLease;
    }

    private void Accept(StoredWriteLease lease)
    {
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

    private FlushResult Result(bool isCanceled) =>
        new(isCanceled, _options.CompleteWithConsumers && HaveConsumersLeft());

    private bool HaveConsumersLeft()
    {
        bool hasConsumers = _pulls.HasConsumers();
        _hadConsumers |= hasConsumers;
        return _hadConsumers && !hasConsumers;
    }

    private void ThrowUnlessIdle()
    {
        ThrowIfCompleted();
        if (_wait.IsWaiting)
        {
            throw new InvalidOperationException("A flush is pending: await it before the next call.");
        }
    }

    private void ThrowIfCompleted()
    {
        if (_wait.IsCompleted)
        {
            throw new InvalidOperationException("This writer has completed. Make another one to write on.");
        }
    }
}
