using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Leases;
using Bips.Lifetime;
using Bips.Memory;
using Bips.Pipelines;
using Bips.Protocol;
using Bips.Signaler;
using Bips.Typed;
using Bips.Waiting;

namespace Bips;

/// <summary>Reads the frames of a pool in place: <c>Pull</c>, read, <c>Push</c>.</summary>
/// <remarks>
/// <para>One thread at a time pulls; leases may be given back from any thread; <see cref="Dispose"/> may be called from
/// any thread and ends a wait. Several consumers in one process are as independent as in several. Nothing is allocated
/// per frame.</para>
/// <para>A killed consumer costs nobody anything: its buffers are free as soon as the producer needs them. When the
/// producer dies, frames that it published are still delivered, then pulls return <see cref="PullStatus.ProducerLost"/>
/// until another producer takes the pool over.</para>
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
public sealed class Consumer : IDisposable
{
    /// <summary>The pool's memory and the lane with its lock, from the attach to the end of the last lease.</summary>
    private readonly ConsumerClaim _claim;

    /// <summary>The consumer's half of the protocol, which alone writes the lane's words.</summary>
    private readonly ConsumerSide _side;

    /// <summary>Every frame that was pulled and not yet given back.</summary>
    private readonly ReadLeases _leases;

    /// <summary>Every way to wait for a frame, from the first call to the disposal.</summary>
    private readonly ConsumerPulls _pulls;

    private Consumer(ConsumerClaim claim, ConsumerOptions options)
    {
        var gate = new UseGate();
        PoolMemory pool = claim.Pool;
        _claim = claim;
        _side = new ConsumerSide(pool, claim.Lane, options.Overflow);
        _leases = new ReadLeases(_side, pool.Payload, options.MaximumHeld, gate, Detach);
        _pulls = new ConsumerPulls(
            pool, _side, _leases, gate, options.WaitMode, options.ProducerGrace, pool.IdentityOf);
        Pool = PoolInfo.Of(pool);
    }

    /// <summary>The pool's name, format and sizes.</summary>
    public PoolInfo Pool { get; }

    /// <summary>Number of the lane that this consumer has in the pool, from 0.</summary>
    public int Lane => _side.LaneNumber;

    /// <summary>Frames taken so far. Read it on the pulling thread.</summary>
    public ulong Taken => _side.Taken;

    /// <summary>
    /// Frames lost so far, exactly: those published after this consumer attached that it will never get. Read it on the
    /// pulling thread; a loss is counted by the pull that finds it.
    /// </summary>
    public ulong Lost => _side.Lost;

    /// <summary>
    /// A descriptor (an eventfd) for <c>epoll</c>, GLib, libuv and other event loops: readable while a pull without
    /// waiting would come to something but <see cref="PullStatus.TimedOut"/>.
    /// </summary>
    /// <remarks>
    /// <para>Level-triggered: pulls set and clear it, nobody reads or writes it. It is readable until the frames that
    /// are there have been taken, so one pull per event is enough; after the end of the stream it stays readable. Now
    /// and then it is readable for nothing (a frame that the overflow policy dropped): pull without waiting.</para>
    /// <para>The consumer owns it and closes it when disposed: take it out of the loop before. Made by the first call;
    /// from then on the process's waiting thread runs.</para>
    /// </remarks>
    /// <exception cref="BipsException"><see cref="BipsError.System"/> when there is no descriptor left, or
    /// <see cref="BipsError.ForkedChild"/>.</exception>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    public SafeHandle ReadableHandle => _pulls.ReadableHandle;

    /// <summary>The waits of this consumer, for a wait for several and for typed pulls.</summary>
    internal ConsumerPulls Pulls => _pulls;

    /// <summary>The leases of this consumer, for callers that name them by index and generation.</summary>
    internal ReadLeases Leases => _leases;

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
        BipsException.ThrowIfForked();
        options ??= new ConsumerOptions();
        options.ThrowIfInvalid();
        var place = new PoolPlace(name, options.Directory);
        ConsumerClaim claim = ConsumerClaim.Take(place, options.WaitForPool, cancellation);
        try
        {
            options.ThrowIfInvalid(claim.Pool.Geometry.BufferCount);
            if (options.Prefault)
            {
                claim.Pool.Populate(forWriting: false);
            }

            var consumer = new Consumer(claim, options);
            int history = Math.Min(options.History ?? consumer.Pool.History, consumer.Pool.History);
            consumer._side.Join(options.MaximumHeld, history);
            return consumer;
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    /// <summary>Attaches to a pool of frames of a struct; one of another layout is refused with what differs.</summary>
    /// <typeparam name="T">What a frame consists of; see <see cref="Consumer{T}"/>.</typeparam>
    /// <inheritdoc cref="Open(string, ConsumerOptions, CancellationToken)"/>
    /// <exception cref="NotSupportedException">
    /// <typeparamref name="T"/> means nothing, or something else, in another process.
    /// </exception>
    public static Consumer<T> Open<[DynamicallyAccessedMembers(FrameLayout.Members)] T>(
        string name, ConsumerOptions? options = null, CancellationToken cancellation = default)
        where T : unmanaged => Consumer<T>.Open(name, options, cancellation);

    /// <summary>Waits for the next frame, however long it takes.</summary>
    /// <param name="lease">The frame, when the result is <see cref="PullStatus.Success"/>.</param>
    /// <exception cref="BipsException">
    /// <see cref="BipsError.LeaseLimit"/>, <see cref="BipsError.Corrupt"/> or <see cref="BipsError.ForkedChild"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">Disposed before or during the wait.</exception>
    public PullStatus Pull(out ReadLease lease) => _pulls.Pull(out lease, Deadline.Never, CancellationToken.None);

    /// <summary>Waits for the next frame for a limited time.</summary>
    /// <param name="lease">The frame, when the result is <see cref="PullStatus.Success"/>.</param>
    /// <param name="timeout">
    /// Zero looks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Never ends early.
    /// </param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <inheritdoc cref="Pull(out ReadLease)" path="/exception"/>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; no frame is lost.</exception>
    public PullStatus Pull(out ReadLease lease, TimeSpan timeout, CancellationToken cancellation = default) =>
        _pulls.Pull(out lease, Deadline.After(timeout), cancellation);

    /// <summary>Takes the next frame if there is one.</summary>
    /// <returns>Whether <paramref name="lease"/> is a frame; the reason why not is told by a pull.</returns>
    /// <inheritdoc cref="Pull(out ReadLease)" path="/exception"/>
    public bool TryPull(out ReadLease lease) =>
        _pulls.Pull(out lease, Deadline.Immediate, CancellationToken.None) == PullStatus.Success;

    /// <summary>Waits for the next frame, however long it takes, without blocking a thread.</summary>
    /// <remarks>
    /// One pull at a time, of either kind, as for <see cref="Pull(out ReadLease)"/>; await the result once. Nothing is
    /// allocated, whether it has to wait or not, as long as each result is awaited before the next pull. What follows
    /// the <c>await</c> runs in the captured context or on the thread pool.
    /// </remarks>
    /// <param name="cancellation">Ends the wait; no frame is lost.</param>
    /// <returns>
    /// The frame, which the caller ends with <see cref="StoredReadLease.Push"/> or dispose, or why there is none.
    /// </returns>
    /// <exception cref="InvalidOperationException">Another pull of this consumer is pending.</exception>
    /// <inheritdoc cref="Pull(out ReadLease)" path="/exception"/>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; no frame is lost.</exception>
    public ValueTask<PullResult<StoredReadLease>> PullAsync(CancellationToken cancellation = default) =>
        _pulls.PullAsync(Deadline.Never, cancellation);

    /// <summary>Waits for the next frame for a limited time, without blocking a thread.</summary>
    /// <param name="timeout">
    /// Zero looks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Never ends early.
    /// </param>
    /// <param name="cancellation">Ends the wait; no frame is lost.</param>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/remarks"/>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/exception"/>
    public ValueTask<PullResult<StoredReadLease>> PullAsync(
        TimeSpan timeout, CancellationToken cancellation = default) =>
        _pulls.PullAsync(Deadline.After(timeout), cancellation);

    /// <summary>Every frame until the end of the stream.</summary>
    /// <remarks>
    /// The caller ends each lease; as many may be open at once as <see cref="ConsumerOptions.MaximumHeld"/> says.
    /// </remarks>
    /// <param name="cancellation">Ends the wait for the next frame; no frame is lost.</param>
    /// <exception cref="BipsException">
    /// The frames ended otherwise: <see cref="BipsError.ProducerLost"/> (enumerate again to wait for a successor),
    /// <see cref="BipsError.PoolReplaced"/> or <see cref="BipsError.Evicted"/> (open again); or as in a pull.
    /// </exception>
    /// <exception cref="ObjectDisposedException">Disposed before or during the wait.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    /// <example>
    /// <code>
    /// await foreach (StoredReadLease frame in consumer.ReadAllAsync(stopping))
    /// {
    ///     using (frame)
    ///     {
    ///         await file.WriteAsync(frame.Memory, stopping);
    ///     }
    /// }
    /// </code>
    /// </example>
    public async IAsyncEnumerable<StoredReadLease> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            PullResult<StoredReadLease> pulled = await PullAsync(cancellation).ConfigureAwait(false);
            if (pulled.IsSuccess)
            {
                yield return pulled.Lease;
            }
            else if (pulled.Status == PullStatus.EndOfStream)
            {
                yield break;
            }
            else
            {
                throw StreamErrors.Ended(pulled.Status, Pool.Name);
            }
        }
    }

    /// <summary>
    /// This consumer as a <see cref="PipeReader"/>: what is read is the frame in shared memory itself.
    /// </summary>
    /// <remarks>
    /// <para>A frame is given back when it is consumed to its end; what was read is not to be used after that. A read
    /// returns what was not consumed again, alone while some of it was not examined, else with the next frame; so a
    /// reader that examines frames without consuming them needs a consumer that may hold several. One that can get no
    /// more gets a <see cref="BipsException"/> with <see cref="BipsError.LeaseLimit"/>, not a dead-lock. A frame
    /// without bytes is skipped.</para>
    /// <para><see cref="ReadResult.IsCompleted"/> is the end of the stream. A read fails when the frames end otherwise:
    /// with <see cref="BipsError.ProducerLost"/> (read again to wait for a successor),
    /// <see cref="BipsError.PoolReplaced"/> or <see cref="BipsError.Evicted"/> (open again). Do not pull from the
    /// consumer while a read is pending.</para>
    /// </remarks>
    /// <param name="options">How frames become reads; null for one frame per read.</param>
    /// <returns>
    /// The reader; completing it gives everything back and disposes this consumer, unless it is to be left open.
    /// </returns>
    /// <example>
    /// <code>
    /// PipeReader reader = Consumer.Open("events").AsPipeReader();
    /// while (await reader.ReadAsync(stopping) is { IsCompleted: false } read)
    /// {
    ///     Handle(read.Buffer);
    ///     reader.AdvanceTo(read.Buffer.End);
    /// }
    /// </code>
    /// </example>
    public PipeReader AsPipeReader(FramePipeReaderOptions? options = null) =>
        new FramePipeReader(_pulls, Pool.Name, Dispose, options ?? new FramePipeReaderOptions());

    /// <summary>
    /// Detaches. A wait in another thread ends with <see cref="ObjectDisposedException"/>. Leases that are still open
    /// stay readable until they are given back; they no longer keep the producer waiting for anything else.
    /// </summary>
    public void Dispose() => _pulls.Close(StopReading);

    /// <summary>Disposed with leases open: keeps what they hold, and nothing else.</summary>
    private void StopReading()
    {
        if (_leases.AnyOpen)
        {
            _side.StopReading();
        }
    }

    private void Detach()
    {
        _side.Leave();
        _claim.Dispose();
    }
}
