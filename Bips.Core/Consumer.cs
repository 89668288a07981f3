using Bips.Async;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;

namespace Bips;

/// <summary>Reads the frames of a pool in place: <c>Pull</c>, read, <c>Push</c>.</summary>
/// <remarks>
/// <para>One thread at a time pulls; leases may be given back from any thread; <see cref="Dispose"/> may be called from any thread and
/// ends a wait. Several consumers in one process are as independent as in several. Nothing is allocated per frame.</para>
/// <para>A killed consumer costs nobody anything: its buffers are free as soon as the producer needs them. When the
/// producer dies, frames that it published are still delivered, then pulls return <see cref="PullStatus.ProducerLost"/> until
/// another producer takes the pool over.</para>
/// </remarks>
/// <example>
/// <code>
/// using var consumer = Consumer.Open("cam");
/// while (consumer.Pull(out ReadLease frame) == PullStatus.Success)
/// {
///     using (frame)
///     {
///         Process(frame.Span);
///     }
/// }
/// </code>
/// </example>
public sealed unsafe partial class Consumer : IDisposable
{
    /// <summary>How often a waiting consumer makes sure that its producer lives.</summary>
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(100);

    private readonly PoolPaths _paths;
    private readonly ConsumerClaim _claim;
    private readonly LaneReader _reader;
    private readonly LeaseTable _leases;
    private readonly BufferMemories _memories;
    private readonly long _graceNanoseconds;
    private BroadcastSemaphore _semaphore;
    private LookAway _lookAway;
    private AdaptiveSpin _spin;
    private readonly WaitInterruption _interruption;
    private readonly Detachment _detachment;
    private UseGate _gate;

    /// <summary>When a wait first found the producer dead; zero while it lives.</summary>
    private long _lostSince;

    private Consumer(PoolPaths paths, ConsumerClaim claim, ConsumerOptions options)
    {
        _paths = paths;
        _claim = claim;
        _reader = new LaneReader(claim.Pool, claim.Lane, options.Overflow);
        _leases = new LeaseTable(claim.Pool.Geometry.BufferCount, options.MaximumHeld);
        _memories = new BufferMemories(claim.Pool, _leases);
        _graceNanoseconds = options.ProducerGrace == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : (long)Math.Min(options.ProducerGrace.TotalNanoseconds, long.MaxValue / 2);
        _lookAway = new LookAway(claim.Pool.Geometry.BufferCount);
        ProducerState* state = claim.Pool.State;
        _semaphore = new BroadcastSemaphore(&state->Published, &state->Signal, &claim.Lane.Doorbells->SleeperBell);
        _spin = new AdaptiveSpin(options.WaitMode);
        _interruption = new WaitInterruption(WakeWait);
        _detachment = new Detachment(_leases, Detach);
        Pool = PoolInfo.Of(paths, claim.Pool);
    }

    /// <summary>The pool's name, format and sizes.</summary>
    public PoolInfo Pool { get; }

    /// <summary>Number of the lane that this consumer has in the pool, from 0.</summary>
    public int Lane => _claim.Lane.Number;

    /// <summary>Frames taken so far. Read it on the pulling thread.</summary>
    public ulong Taken => _reader.Taken;

    /// <summary>
    /// Frames lost so far, exactly: those published after this consumer attached that it will never get. Read it on the pulling
    /// thread; a loss is counted by the pull that finds it.
    /// </summary>
    public ulong Lost => _reader.Lost;

    /// <summary>Attaches to a pool.</summary>
    /// <param name="name">The pool's name.</param>
    /// <param name="options">What is asked for; null for a blocking consumer of a pool that exists.</param>
    /// <param name="cancellation">Ends the wait for a pool that is not there yet.</param>
    /// <exception cref="ArgumentException">The name is not a pool name, or an option is out of range.</exception>
    /// <exception cref="BipsException">
    /// <see cref="BipsError.PoolNotFound"/>, <see cref="BipsError.ProducerLost"/>, <see cref="BipsError.NotAPool"/>,
    /// <see cref="BipsError.Incompatible"/>, <see cref="BipsError.Corrupt"/>, <see cref="BipsError.AccessDenied"/>,
    /// <see cref="BipsError.TooManyConsumers"/>, <see cref="BipsError.PoolTooSmall"/>,
    /// <see cref="BipsError.ForkedChild"/> or <see cref="BipsError.System"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting for the pool.</exception>
    /// <exception cref="PlatformNotSupportedException">Not Linux on x86-64 or arm64.</exception>
    public static Consumer Open(string name, ConsumerOptions? options = null, CancellationToken cancellation = default)
    {
        Platform.ThrowIfUnsupported();
        ThrowIfForked();
        options ??= new ConsumerOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumHeld, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.History ?? 0, nameof(options));
        ThrowIfNegative(options.ProducerGrace, nameof(options.ProducerGrace));
        ThrowIfNegative(options.WaitForPool, nameof(options.WaitForPool));
        var paths = new PoolPaths(name, options.Directory);
        ConsumerClaim claim = ConsumerClaim.Take(paths, options.WaitForPool, cancellation);
        try
        {
            if (options.MaximumHeld > claim.Pool.Geometry.BufferCount)
            {
                throw new ArgumentOutOfRangeException(nameof(options), options.MaximumHeld,
                    $"{options.MaximumHeld} frames are to be held at once, and the pool has {claim.Pool.Geometry.BufferCount} buffers.");
            }

            if (options.Prefault)
            {
                claim.Pool.Populate(forWriting: false);
            }

            var consumer = new Consumer(paths, claim, options);
            consumer.Join(options);
            return consumer;
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the next frame, however long it takes.</summary>
    /// <param name="lease">The frame, when the result is <see cref="PullStatus.Success"/>.</param>
    /// <exception cref="BipsException">
    /// <see cref="BipsError.LeaseLimit"/>, <see cref="BipsError.Corrupt"/> or <see cref="BipsError.ForkedChild"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">Disposed before or during the wait.</exception>
    public PullStatus Pull(out ReadLease lease) => Pull(out lease, Deadline.Never, CancellationToken.None);

    /// <summary>Waits for the next frame for a limited time.</summary>
    /// <param name="lease">The frame, when the result is <see cref="PullStatus.Success"/>.</param>
    /// <param name="timeout">Zero looks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Never ends early.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <inheritdoc cref="Pull(out ReadLease)" path="/exception"/>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; no frame is lost.</exception>
    public PullStatus Pull(out ReadLease lease, TimeSpan timeout, CancellationToken cancellation = default) =>
        Pull(out lease, Deadline.After(timeout), cancellation);

    /// <summary>Takes the next frame if there is one.</summary>
    /// <returns>Whether <paramref name="lease"/> is a frame; the reason why not is told by a pull.</returns>
    /// <inheritdoc cref="Pull(out ReadLease)" path="/exception"/>
    public bool TryPull(out ReadLease lease) =>
        Pull(out lease, Deadline.Immediate, CancellationToken.None) == PullStatus.Success;

    /// <summary>
    /// Detaches. A wait in another thread ends with <see cref="ObjectDisposedException"/>. Leases that are still open stay
    /// readable until they are given back; they no longer keep the producer waiting for anything else.
    /// </summary>
    public void Dispose()
    {
        if (!ForkGuard.IsForkedChild)
        {
            _detachment.Begin(ref _gate, EndWait, StopReading);
        }
    }

    /// <summary>Whether this was disposed and the last lease has ended, so that nothing is left to do with it.</summary>
    internal bool IsDetached => _detachment.IsDone;

    /// <summary>The futex word that changes when this consumer should look again; mapped while it is attached.</summary>
    internal uint* SignalWord => &_claim.Pool.State->Signal;

    /// <summary>Makes sure that the producer wakes who sleeps on <see cref="SignalWord"/>. Any thread, while attached.</summary>
    /// <returns>The value to sleep on.</returns>
    internal uint Announce() => _semaphore.Announce();

    /// <summary>Whether a pull without waiting would come to anything but a time-out. Any thread, while attached.</summary>
    /// <param name="afterSlice">Looks for a dead producer too, which costs a system call.</param>
    internal bool IsReadable(bool afterSlice)
    {
        return _reader.IsNextCommitted() || FindEnd(afterSlice) is not null;
    }

    internal ReadOnlySpan<byte> Payload(int index, uint generation, int length)
    {
        ThrowIfEnded(index, generation);
        return new ReadOnlySpan<byte>(_claim.Pool.Buffer(index), length);
    }

    internal ReadOnlySpan<byte> Metadata(int index, uint generation)
    {
        ThrowIfEnded(index, generation);
        return _claim.Pool.MetadataOf(index);
    }

    /// <returns>False when the lease has ended before.</returns>
    internal bool TryRelease(int index, uint generation)
    {
        ThrowIfForked();
        if (!_leases.IsOpen(index, generation))
        {
            return false;
        }

        _reader.Release(index);
        _leases.Close(index, generation); // sync: gate - the closer's process-wide fence stands for a fence here
        if (_gate.IsClosed)
        {
            _detachment.LeaseClosed();
        }

        return true;
    }

    private static void ThrowIfNegative(TimeSpan value, string option)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(option, value, $"{option} must not be negative.");
        }
    }

    private static void ThrowIfForked()
    {
        if (ForkGuard.IsForkedChild)
        {
            throw BipsException.Forked();
        }
    }

    /// <summary>Joins the pool, unless the sizing rule forbids it before or, because of who else joins, after.</summary>
    private void Join(ConsumerOptions options)
    {
        _reader.CheckSizingRule(options.MaximumHeld);
        _reader.Join(options, Math.Min(options.History ?? Pool.History, Pool.History));
        try
        {
            _reader.CheckSizingRule(options.MaximumHeld);
        }
        catch (BipsException)
        {
            _reader.Leave();
            throw;
        }
    }

    private PullStatus Pull(out ReadLease lease, Deadline deadline, CancellationToken cancellation)
    {
        ThrowIfForked();
        ObjectDisposedException.ThrowIf(!_gate.TryEnter(), this);
        try
        {
            if (_reader.IsEvicted)
            {
                lease = default;
                return PullStatus.Evicted;
            }

            ThrowUnlessRoom();
            PullStatus status = TakeOrWait(out lease, deadline, cancellation);
            _readable?.ClearUnlessReadable();
            return status;
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void ThrowUnlessRoom()
    {
        if (!_leases.HasRoom())
        {
            throw LeaseErrors.Limit(_leases.Limit, nameof(ConsumerOptions.MaximumHeld));
        }
    }

    private PullStatus TakeOrWait(out ReadLease lease, Deadline deadline, CancellationToken cancellation)
    {
        bool hasLooked = deadline == Deadline.Immediate;
        while (!TryTake(out lease))
        {
            if (hasLooked || !ComesSoon())
            {
                return WaitAndTake(out lease, deadline, cancellation);
            }

            hasLooked = true;
        }

        return PullStatus.Success;
    }

    private bool TryTake(out ReadLease lease)
    {
        if (!_reader.TryTake(out TakenFrame frame))
        {
            lease = default;
            return false;
        }

        lease = new ReadLease(new StoredReadLease(this, in frame, _leases.Open(frame.Index)));
        return true;
    }

    private void ThrowIfEnded(int index, uint generation)
    {
        if (!_leases.IsOpen(index, generation))
        {
            throw LeaseErrors.Ended();
        }
    }

    private void WakeWait() => _semaphore.WakeAll();

    private void EndWait()
    {
        WakeWait();
        _pull?.EndDisposed(nameof(Consumer));
        _set?.Wake();
    }

    /// <summary>Disposed with leases open: keeps what they hold, and nothing else.</summary>
    private void StopReading()
    {
        StopWaiting();
        if (_leases.AnyOpen())
        {
            _reader.StopReading();
        }
    }

    private void Detach()
    {
        _reader.Leave();
        _claim.Dispose();
    }
}
