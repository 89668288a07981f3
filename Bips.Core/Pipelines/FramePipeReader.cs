using System.IO.Pipelines;
using Bips.Errors;
using Bips.Signaler;
using Bips.Waiting;

namespace Bips.Pipelines;

/// <summary>
/// A consumer as a <see cref="PipeReader"/>: what is read lies in shared memory until it is advanced over.
/// </summary>
/// <remarks>
/// One thread at a time, except <see cref="CancelPendingRead"/>; and <see cref="Complete"/> while a read waits. Reads
/// allocate nothing, nor do those that wait, as long as each is awaited before the next.
/// </remarks>
internal sealed class FramePipeReader : PipeReader, IPipeAdapter<StoredReadLease, ReadResult>
{
    private readonly ConsumerPulls _pulls;
    private readonly string _pool;
    private readonly Action _dispose;
    private readonly FramePipeReaderOptions _options;
    private readonly HeldFrames _frames = new();
    private readonly PipeOperation<StoredReadLease, ReadResult> _wait;

    /// <summary>A result is out and was not advanced over.</summary>
    private bool _isReading;

    /// <summary>That result was a cancelled one, which need not be advanced over.</summary>
    private bool _isTentative;

    /// <summary>The producer has ended the stream, and its last frame was taken.</summary>
    private bool _hasEnded;

    /// <param name="pulls">The consumer's.</param>
    /// <param name="pool">The pool's name, for messages.</param>
    /// <param name="dispose">Disposes the consumer.</param>
    /// <param name="options">How frames become reads.</param>
    public FramePipeReader(ConsumerPulls pulls, string pool, Action dispose, FramePipeReaderOptions options)
    {
        _pulls = pulls;
        _pool = pool;
        _dispose = dispose;
        _options = options;
        _wait = new PipeOperation<StoredReadLease, ReadResult>(this, options.Scheduler);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ThrowUnlessIdle();
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }

        bool isCanceled = _wait.TryObserveCancel();
        return isCanceled || TakeWithoutWaiting() ? new(Result(isCanceled)) : _wait.Begin(cancellationToken);
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowUnlessIdle();
        bool isCanceled = _wait.TryObserveCancel();
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

    public override void CancelPendingRead() => _wait.Cancel();

    public override void Complete(Exception? exception = null)
    {
        if (!_wait.TryComplete())
        {
            return;
        }

        _frames.Clear();
        if (_options.LeaveOpen)
        {
            _wait.Cancel();
        }
        else
        {
            _dispose();
        }
    }

    bool IPipeAdapter<StoredReadLease, ReadResult>.BeginPull(
        IThreadPoolWorkItem follower,
        CancellationToken cancellation,
        out ValueTask<PullResult<StoredReadLease>> pull) =>
        _pulls.BeginPull(follower, cancellation, out pull);

    bool IPipeAdapter<StoredReadLease, ReadResult>.Accept(PullResult<StoredReadLease> pulled) =>
        Accept(pulled.Status, pulled.Lease);

    ReadResult IPipeAdapter<StoredReadLease, ReadResult>.Result(bool isCanceled)
    {
        ThrowIfCompleted();
        return Result(isCanceled);
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
            status = _pulls.Pull(out ReadLease lease, Deadline.Immediate, CancellationToken.None);
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
            throw StreamErrors.Ended(status, _pool);
        }

        _frames.Add(lease);
        TakeMore();
        return _frames.HasUnexamined;
    }

    /// <summary>Where frames are joined: all that are there and may be held.</summary>
    private void TakeMore()
    {
        while (_options.JoinFrames && !_hasEnded && _pulls.HasRoom && _pulls.TryPull(out ReadLease lease))
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
        if (_frames.Count > 0 && !_pulls.HasRoom)
        {
            throw new BipsException(BipsError.LeaseLimit,
                $"Everything that was read has been examined, {_frames.Length} bytes of it were not consumed, and " +
                $"the {_frames.Count} frames that they lie in are all that this consumer may hold, so nothing more " +
                $"can come. Consume with AdvanceTo, or ask for more with {OptionNames.MaximumHeld}.");
        }
    }

    private void ThrowUnlessIdle()
    {
        ThrowIfCompleted();
        if (_wait.IsWaiting || (_isReading && !_isTentative))
        {
            throw new InvalidOperationException("There is a read already: await it, and advance over it with " +
                "AdvanceTo, before the next.");
        }
    }

    private void ThrowIfCompleted()
    {
        if (_wait.IsCompleted)
        {
            throw new InvalidOperationException(
                "This reader has completed, and what it read was given back. Make another one to read on.");
        }
    }
}
