using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Bips.Pipelines;

/// <summary>A consumer as a <see cref="PipeReader"/>: what is read lies in shared memory until it is advanced over.</summary>
/// <remarks>One thread at a time, except <see cref="CancelPendingRead"/>. Reads allocate nothing; those that wait use pooled state machines.</remarks>
internal sealed class FramePipeReader(Consumer consumer, FramePipeReaderOptions options) : PipeReader
{
    private readonly HeldFrames _frames = new();
    private readonly WaitCancellation _cancellation = new();

    /// <summary>A result is out and was not advanced over.</summary>
    private bool _isReading;

    /// <summary>That result was a cancelled one, which need not be advanced over.</summary>
    private bool _isTentative;
    private bool _isWaiting;
    private bool _isCompleted;

    /// <summary>The producer has ended the stream, and its last frame was taken.</summary>
    private bool _hasEnded;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ThrowUnlessIdle();
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }

        bool isCanceled = _cancellation.TryObserve();
        return isCanceled || TakeWithoutWaiting() ? new(Result(isCanceled)) : WaitAsync(cancellationToken);
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowUnlessIdle();
        bool isCanceled = _cancellation.TryObserve();
        bool success = isCanceled || TakeWithoutWaiting();
        result = success ? Result(isCanceled) : default;
        return success;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        ThrowIfCompleted();
        if (!_isReading)
        {
            throw new InvalidOperationException("There is no read to advance over: read first, and advance once.");
        }

        _frames.Advance(consumed, examined);
        _isReading = false;
    }

    public override void CancelPendingRead() => _cancellation.Request();

    public override void Complete(Exception? exception = null)
    {
        if (_isCompleted)
        {
            return;
        }

        _isCompleted = true;
        _frames.Clear();
        if (!options.LeaveOpen)
        {
            consumer.Dispose();
        }
        else if (_isWaiting)
        {
            _cancellation.Request();
        }
    }

    private static InvalidOperationException Completed() =>
        new("This reader has completed, and what it read was given back. Make another one to read on.");

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(CancellationToken cancellation)
    {
        _isWaiting = true;
        try
        {
            CancellationToken token = _cancellation.Begin(cancellation);
            bool isReady = false;
            while (!isReady)
            {
                PullResult<StoredReadLease> pulled = await consumer.PullAsync(token).ConfigureAwait(false);
                isReady = Accept(pulled.Status, pulled.Lease);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (OperationCanceledException)
        {
            // By CancelPendingRead, which the result tells.
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

    /// <returns>Whether a read can end: there is something that was not examined, or the end.</returns>
    private bool TakeWithoutWaiting()
    {
        if (_frames.HasUnexamined || _hasEnded)
        {
            TakeMore();
            return true;
        }

        ThrowIfFull();
        bool isReady = false;
        PullStatus status = PullStatus.Success;
        while (!isReady && status == PullStatus.Success)
        {
            status = consumer.Pull(out ReadLease lease, TimeSpan.Zero);
            isReady = status != PullStatus.TimedOut && Accept(status, lease.Store());
        }

        return isReady;
    }

    private bool Accept(PullStatus status, StoredReadLease lease)
    {
        if (status == PullStatus.EndOfStream)
        {
            _hasEnded = true;
            return true;
        }

        if (status != PullStatus.Success)
        {
            throw StreamErrors.Ended(status, consumer.Pool.Name);
        }

        if (_isCompleted)
        {
            lease.Dispose();
            throw Completed();
        }

        _frames.Add(lease);
        TakeMore();
        return _frames.HasUnexamined;
    }

    /// <summary>Where frames are joined: all that are there and may be held.</summary>
    private void TakeMore()
    {
        while (options.JoinFrames && !_hasEnded && consumer.HasRoom && consumer.TryPull(out ReadLease lease))
        {
            _frames.Add(lease.Store());
        }
    }

    private ReadResult Result(bool isCanceled)
    {
        _isReading = true;
        _isTentative = isCanceled;
        return new ReadResult(_frames.Sequence, isCanceled, _hasEnded);
    }

    /// <summary>Nothing was consumed of all that may be held: a wait would be for ever.</summary>
    private void ThrowIfFull()
    {
        if (_frames.Count > 0 && !consumer.HasRoom)
        {
            throw new BipsException(BipsError.LeaseLimit,
                $"Everything that was read has been examined, {_frames.Length} bytes of it were not consumed, and the {_frames.Count} frames " +
                "that they lie in are all that this consumer may hold, so nothing more can come. Consume with AdvanceTo, or ask for " +
                $"more with {nameof(ConsumerOptions.MaximumHeld)}.");
        }
    }

    private void ThrowUnlessIdle()
    {
        ThrowIfCompleted();
        if (_isWaiting || (_isReading && !_isTentative))
        {
            throw new InvalidOperationException("There is a read already: await it, and advance over it with AdvanceTo, before the next.");
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
