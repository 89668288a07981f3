using System.IO.Pipelines;

namespace Bips.Pipelines;

/// <summary>
/// The waits of one reader or writer, one after the other: an asynchronous pull by hand, which allocates nothing.
/// </summary>
/// <remarks>
/// <para>An <c>async</c> method would take a state machine per wait from the runtime's pool, which is one per thread
/// and processor and misses where waits go from thread to thread. This object is the state machine. It is queued to the
/// thread pool when the pull is over, so nothing here runs on the waiting thread.</para>
/// <para>What races, and who wins:</para>
/// <list type="bullet">
/// <item>A pull that is over while it begins, and its beginning: <see cref="Begin"/> has the lock, and the end waits
/// for it.</item>
/// <item>A frame or buffer, and a cancellation of either kind: whichever ends the pull first
/// (<see cref="OperationCancellation"/> cancels it). If that was the lease, the result has it; <c>CancelPending…</c>
/// then shows in the same result, the caller's token not at all.</item>
/// <item>Both kinds of cancellation: the caller's token, since an exception tells more than a flag; the other one is
/// the next operation's.</item>
/// <item>Completion, and a pull that brings a lease: whoever gets the lock first. Before the completion the adapter
/// takes the lease and gives it back with the others; after it the lease is given back here. The operation fails either
/// way.</item>
/// <item>Completion, and the end of the operation: again the lock. What completes later takes the memory of a result
/// that is out, as everywhere.</item>
/// <item>The next operation, and the end of this one: <see cref="IsWaiting"/> refuses it until the result is set, and
/// setting it is the last that this object does.</item>
/// </list>
/// </remarks>
/// <param name="adapter">For whom.</param>
/// <param name="scheduler">
/// Where what follows a wait runs. The thread pool's and the inline one add nothing to the thread pool.
/// </param>
internal sealed class PipeOperation<TLease, TResult>(
    IPipeAdapter<TLease, TResult> adapter, PipeScheduler scheduler) : IThreadPoolWorkItem
    where TLease : struct, IDisposable
{
    /// <summary>
    /// Held by whoever begins, goes on with or ends a wait, or completes the adapter; never while what follows runs.
    /// </summary>
    private readonly Lock _lock = new();
    private readonly OperationCancellation _cancellation = new();

    /// <summary>What is awaited; another one only after a result that nobody has fetched.</summary>
    private OperationResult<TResult> _result = new();
    private ValueTask<PullResult<TLease>> _pull;
    private CancellationToken _caller;

    /// <summary>Ends the pulls of the wait, for the caller's token as for a request.</summary>
    private CancellationToken _interruption;

    /// <summary>Why the operation fails.</summary>
    private Exception? _error;

    /// <summary>Whether an operation waits. The thread of the operations reads it.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Whether the adapter has completed.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>Waits, and then ends the operation.</summary>
    /// <param name="cancellation">The caller's.</param>
    public ValueTask<TResult> Begin(CancellationToken cancellation)
    {
        _result = _result.IsInUse ? new OperationResult<TResult>() : _result;
        ValueTask<TResult> result = _result.Begin();
        bool isOver;
        lock (_lock)
        {
            IsWaiting = true;
            _caller = cancellation;
            _interruption = _cancellation.Begin(cancellation);
            isOver = IsOver(hasPulled: false);
        }

        if (isOver)
        {
            Finish();
        }

        return result;
    }

    /// <summary>Ends the wait, or the next operation, as a cancelled one. Any thread.</summary>
    public void Cancel() => _cancellation.Request();

    /// <returns>Whether that was asked for since this was last asked.</returns>
    public bool TryObserveCancel() => _cancellation.TryObserve();

    /// <summary>
    /// From now on no wait touches what the adapter holds, nor succeeds. What ends one is up to the caller.
    /// </summary>
    /// <returns>False when the adapter had completed before.</returns>
    public bool TryComplete()
    {
        lock (_lock)
        {
            bool isFirst = !IsCompleted;
            IsCompleted = true;
            return isFirst;
        }
    }

    /// <summary>The pull is over.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        lock (_lock)
        {
            if (!IsOver(hasPulled: true))
            {
                return;
            }
        }

        if (scheduler == PipeScheduler.ThreadPool || scheduler == PipeScheduler.Inline)
        {
            Finish();
        }
        else
        {
            scheduler.Schedule(static self => ((PipeOperation<TLease, TResult>)self!).Finish(), this);
        }
    }

    /// <summary>Pulls until one is pending or the operation can end. With the lock.</summary>
    /// <param name="hasPulled">Whether to begin with a pull that is over.</param>
    private bool IsOver(bool hasPulled)
    {
        try
        {
            while (!hasPulled || !TryAccept())
            {
                if (adapter.BeginPull(this, _interruption, out _pull))
                {
                    return false;
                }

                hasPulled = true;
            }
        }
        catch (Exception error)
        {
            _error = Told(error);
        }

        return true;
    }

    private bool TryAccept()
    {
        PullResult<TLease> pulled = _pull.GetAwaiter().GetResult();
        _pull = default;
        if (IsCompleted)
        {
            pulled.Lease.Dispose();
            return true;
        }

        return adapter.Accept(pulled);
    }

    /// <returns>
    /// Null where the result tells: of <see cref="Cancel"/>, or of the completion, which disposes what is pulled from.
    /// </returns>
    private Exception? Told(Exception error) => error switch
    {
        OperationCanceledException when _caller.IsCancellationRequested => new OperationCanceledException(_caller),
        OperationCanceledException => null,
        ObjectDisposedException when IsCompleted => null,
        _ => error,
    };

    /// <summary>Ends the operation; what follows it runs in here, unless nobody awaits it yet.</summary>
    private void Finish()
    {
        _cancellation.End();
        OperationResult<TResult> awaited = _result;
        TResult result = default!;
        Exception? error;
        lock (_lock)
        {
            error = _error;
            try
            {
                result = error is null ? adapter.Result(_cancellation.TryObserve()) : result;
            }
            catch (Exception thrown)
            {
                error = thrown;
            }

            _error = null;
            _caller = default;
            IsWaiting = false;
        }

        if (error is null)
        {
            awaited.SetResult(result);
        }
        else
        {
            awaited.SetException(error);
        }
    }
}
