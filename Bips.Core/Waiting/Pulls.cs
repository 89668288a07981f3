using Bips.Lifetime;
using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips.Waiting;

/// <summary>
/// The pulls of one producer or consumer: in a thread of the caller's, awaited, or as one of several.
/// </summary>
/// <remarks>
/// One pull at a time, of whichever kind: whoever pulls has the gate. What both ends of a pool have in common is here;
/// what they wait for is theirs.
/// </remarks>
/// <typeparam name="TLease">What a pull comes to, in the form that can be stored.</typeparam>
internal abstract class Pulls<TLease> : IWaitable
    where TLease : struct, IDisposable
{
    private readonly Detachment _detachment;
    private readonly string _owner;

    /// <summary>The newest awaited pull, pending or not; null before the first that had to wait.</summary>
    private PendingPull<TLease>? _pull;

    /// <summary>A pull that is over and may be used again.</summary>
    private PendingPull<TLease>? _spare;

    /// <summary>Wakes the newest wait for several that this was one of.</summary>
    private Action? _wakeSeveral;

    /// <param name="gate">Entered by whoever pulls.</param>
    /// <param name="detachment">When the owner lets go of its memory.</param>
    /// <param name="owner">What messages call the owner.</param>
    protected Pulls(UseGate gate, Detachment detachment, string owner)
    {
        Gate = gate;
        _detachment = detachment;
        _owner = owner;
        Interruption = new PullInterruption(() => Word.WakeAll());
    }

    /// <inheritdoc/>
    public WaitQueue Queue
    {
        get
        {
            lock (WaitThread.Changes)
            {
                ThrowIfClosed();
                return QueueIfAny ??= WaitThread.Register(Identity);
            }
        }
    }

    /// <inheritdoc/>
    public abstract FutexWord Word { get; }

    /// <summary>
    /// Whether the owner was disposed and the last lease has ended, so that nothing is left to do with it.
    /// </summary>
    public bool IsDetached => _detachment.IsDone;

    /// <summary>The gate of the owner.</summary>
    protected UseGate Gate { get; }

    /// <summary>Ends the wait of a blocking pull.</summary>
    protected PullInterruption Interruption { get; }

    /// <summary>Where waits sleep; null until somebody waited without a thread.</summary>
    protected WaitQueue? QueueIfAny { get; private set; }

    /// <summary>Which word of the machine <see cref="Word"/> is.</summary>
    protected abstract WordIdentity Identity { get; }

    /// <inheritdoc/>
    public abstract TimeSpan Slice(bool isLong);

    /// <inheritdoc/>
    public abstract uint Announce();

    /// <inheritdoc/>
    public abstract void Withdraw();

    /// <inheritdoc/>
    public abstract bool IsReady(bool afterSlice);

    /// <inheritdoc/>
    public bool TryEnter(Action wake)
    {
        if (!Gate.TryEnter())
        {
            return false;
        }

        _wakeSeveral = wake;
        return true;
    }

    /// <inheritdoc/>
    public void Exit() => Gate.Exit();

    /// <summary>A pull that waits, if it has to, without blocking a thread.</summary>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask<PullResult<TLease>> PullAsync(Deadline deadline, CancellationToken cancellation) =>
        PullAsync(deadline, follower: null, cancellation, out _);

    /// <summary>The same, for whoever hands out the result as another type.</summary>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="pending">
    /// The pull, if it is pending: the result is to be fetched from it instead. Else null.
    /// </param>
    public ValueTask<PullResult<TLease>> PullAsync(
        Deadline deadline, CancellationToken cancellation, out PendingPull<TLease>? pending)
    {
        ValueTask<PullResult<TLease>> pull = PullAsync(deadline, follower: null, cancellation, out bool isPending);
        pending = isPending ? _pull : null;
        return pull;
    }

    /// <summary>Begins a pull whose result a follower fetches.</summary>
    /// <param name="follower">Queued to the thread pool when the pull is over, perhaps before this returns.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="pull">The result, to be asked for once: when the pull is over and this has returned.</param>
    /// <returns>Whether the pull is pending; else it is over already, and the follower is not queued.</returns>
    public bool BeginPull(
        IThreadPoolWorkItem follower, CancellationToken cancellation, out ValueTask<PullResult<TLease>> pull)
    {
        pull = PullAsync(Deadline.Never, follower, cancellation, out bool isPending);
        return isPending;
    }

    /// <summary>
    /// What a pending pull does when there may be news: under the lock of the waiting thread, with the gate.
    /// </summary>
    /// <returns>Whether the pull is over.</returns>
    public abstract bool TryEnd(bool afterSlice, out PullResult<TLease> result);

    /// <summary>A pending pull has ended by itself; whoever awaits it is told next.</summary>
    public virtual void Ended()
    {
    }

    /// <summary>A pending pull has been awaited and may be used again.</summary>
    public void Recycle(PendingPull<TLease> pull) => _spare = pull;

    /// <summary>
    /// Ends every wait, and the owner's use of the pool when nobody is inside. Any thread; once.
    /// </summary>
    /// <param name="farewell">What to do then, with the memory still there.</param>
    public void Close(Action farewell) => _detachment.Begin(EndWait, () =>
    {
        StopWaiting();
        farewell();
    });

    /// <summary>A pull without a wait. With the gate.</summary>
    /// <param name="deadline">With <see cref="Deadline.Immediate"/> the pull ends in any case.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="result">How it ended.</param>
    /// <returns>False when it has to wait.</returns>
    protected abstract bool TryPull(
        Deadline deadline, CancellationToken cancellation, out PullResult<TLease> result);

    /// <summary>A pull has to wait.</summary>
    protected virtual void CountWait()
    {
    }

    /// <summary>No wait will look any more. Under the lock of the waiting thread.</summary>
    protected virtual void Stopped()
    {
    }

    /// <exception cref="ObjectDisposedException">The owner was disposed.</exception>
    protected void ThrowIfClosed()
    {
        if (Gate.IsClosed)
        {
            throw Closed();
        }
    }

    /// <summary>What is thrown after a disposal.</summary>
    protected ObjectDisposedException Closed() => new(_owner);

    /// <summary>Why a blocking wait was interrupted.</summary>
    protected Exception Interrupted(CancellationToken cancellation) =>
        Gate.IsClosed ? Closed() : new OperationCanceledException(cancellation);

    private ValueTask<PullResult<TLease>> PullAsync(
        Deadline deadline, IThreadPoolWorkItem? follower, CancellationToken cancellation, out bool isPending)
    {
        isPending = false;
        BipsException.ThrowIfForked();
        if (!Gate.TryEnter())
        {
            throw Closed();
        }

        try
        {
            if (TryPull(deadline, cancellation, out PullResult<TLease> result))
            {
                return new(result);
            }

            if (cancellation.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<PullResult<TLease>>(cancellation);
            }

            CountWait();
            PendingPull<TLease> pull = _spare ?? new PendingPull<TLease>(this, Queue);
            _spare = null;
            _pull = pull;
            isPending = true;
            return Begin(pull, deadline, follower, cancellation);
        }
        finally
        {
            if (!isPending)
            {
                Gate.Exit();
            }
        }
    }

    private ValueTask<PullResult<TLease>> Begin(
        PendingPull<TLease> pull, Deadline deadline, IThreadPoolWorkItem? follower, CancellationToken cancellation)
    {
        Gate.Park();
        try
        {
            return pull.Begin(deadline, follower, cancellation);
        }
        catch (OutOfMemoryException)
        {
            // There is no thread to be had: nobody waits, and nobody else would leave.
            Gate.Exit();
            throw;
        }
    }

    private void EndWait()
    {
        Word.WakeAll();
        _pull?.EndDisposed(_owner);
        _wakeSeveral?.Invoke();
    }

    /// <summary>Nobody is inside any more, and nobody can begin to wait.</summary>
    private void StopWaiting()
    {
        lock (WaitThread.Changes)
        {
            Stopped();
            if (QueueIfAny is not null)
            {
                WaitThread.Forget(QueueIfAny);
            }
        }
    }
}
