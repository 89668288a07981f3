using System.Threading.Tasks.Sources;
using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips.Waiting;

/// <summary>A pull that <see cref="WaitThread"/> waits for. One object serves one pull after the other.</summary>
/// <remarks>
/// Whoever takes the pull off the thread's list ends it: the thread, a cancellation or a disposal. So it ends once. Its
/// result is awaited, or fetched by a follower; only one of both, so that only one thread can make the object ready for
/// another pull.
/// </remarks>
internal sealed class PendingPull<TLease>(Pulls<TLease> pulls, WaitQueue queue)
    : Waiter(queue), IValueTaskSource<PullResult<TLease>>
    where TLease : struct, IDisposable
{
    private ManualResetValueTaskSourceCore<PullResult<TLease>> _source =
        new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;

    /// <summary>From when on the wait is a long one.</summary>
    private Deadline _longFrom;
    private PullResult<TLease> _result;
    private Exception? _error;

    /// <summary>Queued when the pull is over, to fetch the result; null where it is awaited.</summary>
    private IThreadPoolWorkItem? _follower;

    /// <summary>Names the pull that was begun last, until its result is fetched.</summary>
    public short Version => _source.Version;

    /// <inheritdoc/>
    public override FutexWord Word => pulls.Word;

    /// <inheritdoc/>
    public override TimeSpan Slice => pulls.Slice(_longFrom.HasPassed);

    /// <summary>Waits; the caller has the owner's gate, which <see cref="Leave"/> gives back.</summary>
    /// <param name="deadline">When to give up.</param>
    /// <param name="follower">
    /// Queued to the thread pool when the pull is over, perhaps before this returns; it fetches the result only when
    /// this has returned. Null where the result is awaited.
    /// </param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask<PullResult<TLease>> Begin(
        Deadline deadline, IThreadPoolWorkItem? follower, CancellationToken cancellation)
    {
        Deadline = deadline;
        _longFrom = Deadline.After(IWaitable.LongWait);
        Cancellation = cancellation;
        _follower = follower;
        var pull = new ValueTask<PullResult<TLease>>(this, _source.Version);
        WaitThread.Add(this);

        // Nobody can have asked for the result yet, and that is where the registration is taken back.
        _registration = cancellation.UnsafeRegister(
            static (self, token) => ((PendingPull<TLease>)self!).Cancel(token), this);
        return pull;
    }

    /// <summary>Ends the pull, if it is pending, because its owner is disposed.</summary>
    public void EndDisposed(string owner)
    {
        if (WaitThread.TryRemove(this))
        {
            End(new ObjectDisposedException(owner));
        }
    }

    /// <inheritdoc/>
    public override uint Announce() => pulls.Announce();

    /// <inheritdoc/>
    public override void Leave()
    {
        pulls.Withdraw();
        pulls.Exit();
    }

    /// <inheritdoc/>
    public override bool Look(bool afterSlice)
    {
        try
        {
            return pulls.TryEnd(afterSlice, out _result);
        }
        catch (Exception error)
        {
            _error = error;
            return true;
        }
    }

    public override void GiveUp() => _result = new(PullStatus.TimedOut, default);

    public override void Complete()
    {
        pulls.Ended();
        End(_error);
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    public PullResult<TLease> GetResult(short token)
    {
        if (_source.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The result of a pull that is not over was asked for: await it, once.");
        }

        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _registration.Unregister();
            _registration = default;
            Cancellation = default;
            _result = default;
            _error = null;
            _follower = null;
            _source.Reset();
            pulls.Recycle(this);
        }
    }

    private void Cancel(CancellationToken cancellation)
    {
        if (WaitThread.TryCancel(this, cancellation))
        {
            End(new OperationCanceledException(cancellation));
        }
    }

    /// <summary>Tells how the pull ended.</summary>
    private void End(Exception? error)
    {
        // Read before anybody is told: then whoever awaits may already have begun another pull with this object.
        IThreadPoolWorkItem? follower = _follower;
        if (error is null)
        {
            _source.SetResult(_result);
        }
        else
        {
            _source.SetException(error);
        }

        if (follower is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(follower, preferLocal: true);
        }
    }
}
