using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Bips.Layout;
using Bips.Leases;
using Bips.Lifetime;
using Bips.Memory;
using Bips.Pipelines;
using Bips.Protocol;
using Bips.Signaler;
using Bips.Typed;
using Bips.Waiting;

namespace Bips;

/// <summary>Fills the buffers of a pool in place: <c>Pull</c>, fill, <c>Push</c>.</summary>
/// <remarks>
/// <para>Used by one thread at a time; <see cref="Dispose"/> may be called from any thread and ends a wait. Nothing is
/// allocated per frame.</para>
/// <para>A killed producer leaves every published frame readable and loses only what it had not pushed. Creating the
/// same pool again takes it over: attached consumers stay attached and miss nothing.</para>
/// </remarks>
/// <example>
/// <code>
/// using var producer = Producer.Create("cam", new PoolOptions { BufferSize = 1920 * 1080 * 3, Format =
/// "video/x-raw,format=BGR" }); while (producer.Pull(out WriteLease lease) == PullStatus.Success) {     int length =
/// Capture(lease.Span);     lease.Push(length); }
/// </code>
/// </example>
public sealed class Producer : IDisposable
{
    /// <summary>The pool's memory, names and lock, from the creation to the end of the last lease.</summary>
    private readonly ProducerClaim _claim;

    /// <summary>The producer's half of the protocol, which alone writes the pool's words.</summary>
    private readonly ProducerSide _side;

    /// <summary>Every buffer that was pulled and not yet pushed or given back.</summary>
    private readonly WriteLeases _leases;

    /// <summary>Every way to wait for a free buffer, from the first call to the disposal.</summary>
    private readonly ProducerPulls _pulls;

    private Producer(ProducerClaim claim, PoolOptions options)
    {
        var gate = new UseGate();
        _claim = claim;
        Action<LaneEviction>? onEviction = options.OnEviction is { } called ? new EvictionCallback(called).Raise : null;
        _side = new ProducerSide(claim.Pool, claim.Lanes, options.EvictStalledAfter, onEviction);
        _leases = new WriteLeases(
            _side, claim.Pool.Payload, claim.Pool.Geometry.WriteLeases, gate, detach: claim.Dispose);
        _pulls = new ProducerPulls(_side, _leases, gate, options.WaitMode, claim.Lanes.IdentityOf);
        Pool = PoolInfo.Of(claim.Pool);
        IsTakeOver = claim.IsTakeOver;
    }

    /// <summary>The pool's name, format and sizes.</summary>
    public PoolInfo Pool { get; }

    /// <summary>Whether a dead producer's pool was taken over, with the consumers and frames that were there.</summary>
    public bool IsTakeOver { get; }

    /// <summary>Sequence of the newest frame, zero for none; it counts on over take-overs.</summary>
    public ulong Published => _side.Published;

    /// <summary>The waits of this producer, for a wait for several and for typed pulls.</summary>
    internal ProducerPulls Pulls => _pulls;

    /// <summary>The pool's memory, which stays mapped until the last lease has ended.</summary>
    internal PoolMemory Memory => _claim.Pool;

    /// <summary>The leases of this producer, for callers that name them by index and generation.</summary>
    internal WriteLeases Leases => _leases;

    /// <summary>Creates a pool, or takes over one of the same name and geometry whose producer has died.</summary>
    /// <param name="name">Name of the pool: letters, digits, '.', '_' and '-'.</param>
    /// <param name="options">Its sizes and format.</param>
    /// <exception cref="ArgumentException">The name is not a pool name, or an option is out of range.</exception>
    /// <exception cref="BipsException">
    /// <see cref="BipsError.ProducerActive"/>, <see cref="BipsError.PoolTooSmall"/>, <see cref="BipsError.NoSpace"/>,
    /// <see cref="BipsError.AccessDenied"/>, <see cref="BipsError.NotAPool"/>, <see cref="BipsError.Incompatible"/>,
    /// <see cref="BipsError.ForkedChild"/> or <see cref="BipsError.System"/>.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">Not Linux on x86-64 or arm64.</exception>
    public static Producer Create(string name, PoolOptions options)
    {
        Platform.ThrowIfUnsupported();
        BipsException.ThrowIfForked();
        ArgumentNullException.ThrowIfNull(options);
        var place = new PoolPlace(name, options.Directory);
        ProducerClaim claim = ProducerClaim.Take(place, options.ToGeometry(), options.ToBacking());
        try
        {
            var producer = new Producer(claim, options);
            producer.Start();
            return producer;
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Creates a pool of frames of a struct, or takes over one of the same name, geometry and layout whose producer has
    /// died.
    /// </summary>
    /// <typeparam name="T">What a frame consists of; see <see cref="Producer{T}"/>.</typeparam>
    /// <param name="name">Name of the pool: letters, digits, '.', '_' and '-'.</param>
    /// <param name="options">
    /// Its sizes, best begun with <see cref="PoolOptions.ForFrames{T}"/>; null for one value per frame. The format is
    /// that of the layout, whatever the options say.
    /// </param>
    /// <exception cref="NotSupportedException">
    /// <typeparamref name="T"/> means nothing, or something else, in another process.
    /// </exception>
    /// <inheritdoc cref="Create(string, PoolOptions)" path="/exception"/>
    public static Producer<T> Create<[DynamicallyAccessedMembers(FrameLayout.Members)] T>(
        string name, PoolOptions? options = null)
        where T : unmanaged => Producer<T>.Create(name, options);

    /// <summary>Waits for a free buffer, however long consumers keep all of them.</summary>
    /// <param name="lease">The buffer, when the result is <see cref="PullStatus.Success"/>.</param>
    /// <returns>Always <see cref="PullStatus.Success"/>.</returns>
    /// <exception cref="BipsException">
    /// <see cref="BipsError.LeaseLimit"/> or <see cref="BipsError.ForkedChild"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">Disposed before or during the wait.</exception>
    public PullStatus Pull(out WriteLease lease) => _pulls.Pull(out lease, Deadline.Never, CancellationToken.None);

    /// <summary>Waits for a free buffer for a limited time.</summary>
    /// <param name="lease">The buffer, when the result is <see cref="PullStatus.Success"/>.</param>
    /// <param name="timeout">
    /// Zero looks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Never ends early.
    /// </param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns><see cref="PullStatus.Success"/> or <see cref="PullStatus.TimedOut"/>.</returns>
    /// <inheritdoc cref="Pull(out WriteLease)" path="/exception"/>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public PullStatus Pull(out WriteLease lease, TimeSpan timeout, CancellationToken cancellation = default) =>
        _pulls.Pull(out lease, Deadline.After(timeout), cancellation);

    /// <summary>Takes a free buffer if there is one.</summary>
    /// <inheritdoc cref="Pull(out WriteLease)" path="/exception"/>
    public bool TryPull(out WriteLease lease) =>
        _pulls.Pull(out lease, Deadline.Immediate, CancellationToken.None) == PullStatus.Success;

    /// <summary>Waits for a free buffer, however long consumers keep all of them, without blocking a thread.</summary>
    /// <remarks>
    /// One pull at a time, of either kind; await the result once. Open leases may be pushed or disposed while it is
    /// pending. Nothing is allocated, whether it has to wait or not, as long as each result is awaited before the next
    /// pull. What follows the <c>await</c> runs in the captured context or on the thread pool.
    /// </remarks>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The buffer, which the caller ends with <see cref="StoredWriteLease.Push"/> or dispose.</returns>
    /// <exception cref="InvalidOperationException">Another pull of this producer is pending.</exception>
    /// <inheritdoc cref="Pull(out WriteLease)" path="/exception"/>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public ValueTask<PullResult<StoredWriteLease>> PullAsync(CancellationToken cancellation = default) =>
        _pulls.PullAsync(Deadline.Never, cancellation);

    /// <summary>Waits for a free buffer for a limited time, without blocking a thread.</summary>
    /// <param name="timeout">
    /// Zero looks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Never ends early.
    /// </param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The buffer, or <see cref="PullStatus.TimedOut"/>.</returns>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/remarks"/>
    /// <inheritdoc cref="PullAsync(CancellationToken)" path="/exception"/>
    public ValueTask<PullResult<StoredWriteLease>> PullAsync(
        TimeSpan timeout, CancellationToken cancellation = default) =>
        _pulls.PullAsync(Deadline.After(timeout), cancellation);

    /// <summary>This producer as a <see cref="PipeWriter"/>: what it hands out is the shared buffer itself.</summary>
    /// <remarks>
    /// <para>A flush publishes what was written since the last one as one frame, nothing if nothing was written, and
    /// then takes the next buffer, waiting for it if consumers have all: that is the back-pressure. The first buffer is
    /// taken, without a wait, when memory is first asked for; so it is after a flush whose wait was cancelled, and
    /// <see cref="InvalidOperationException"/> says that there is none. A frame ends where its buffer ends: more is an
    /// <see cref="ArgumentOutOfRangeException"/> that names the sizes. The writer keeps one write lease; whoever also
    /// pulls from the producer needs <see cref="PoolOptions.WriteLeases"/> for both.</para>
    /// <para>Completing publishes what was written and ends the stream. Completing with an exception publishes nothing
    /// and leaves the pool as a crash would: consumers get <see cref="PullStatus.ProducerLost"/>, and a successor may
    /// take over.</para>
    /// </remarks>
    /// <param name="options">How flushes become frames; null for the defaults.</param>
    /// <returns>The writer; completing it disposes this producer, unless it is to be left open.</returns>
    /// <example>
    /// <code>
    /// PipeWriter writer = Producer.Create("events", new PoolOptions { BufferSize = 1 &lt;&lt; 16 }).AsPipeWriter();
    /// await using var json = new Utf8JsonWriter(writer);
    /// foreach (Event next in events)
    /// {
    ///     JsonSerializer.Serialize(json, next);      // straight into shared memory
    ///     json.Reset();
    ///     await writer.FlushAsync(stopping);         // one frame
    /// }
    /// </code>
    /// </example>
    public PipeWriter AsPipeWriter(FramePipeWriterOptions? options = null) =>
        new FramePipeWriter(_pulls, Pool.Name, Dispose, options ?? new FramePipeWriterOptions());

    /// <summary>
    /// Looks at every lane: who is attached, how far each has read, what it holds and lost. A consumer is listed from
    /// the moment on from which it misses nothing that is published.
    /// </summary>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    public IReadOnlyList<ConsumerStatus> Consumers()
    {
        Lock? beside = _leases.Enter();
        try
        {
            return _side.Describe();
        }
        finally
        {
            _leases.Exit(beside);
        }
    }

    /// <summary>
    /// Ends the stream: consumers get what was published and then <see cref="PullStatus.EndOfStream"/>. The pool's name
    /// is gone at once, its memory when the last consumer detaches. Open leases end unpublished. A wait in another
    /// thread ends with <see cref="ObjectDisposedException"/>.
    /// </summary>
    public void Dispose() => _pulls.Close(EndStream);

    /// <summary>Counts of what happened in this pool, also under earlier producers.</summary>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    internal ProducerCounts ReadCounts()
    {
        Lock? beside = _leases.Enter();
        try
        {
            return _side.Counts;
        }
        finally
        {
            _leases.Exit(beside);
        }
    }

    private void Start()
    {
        if (IsTakeOver)
        {
            _side.TakeOver();
        }
        else
        {
            _side.Begin();
        }
    }

    private void EndStream()
    {
        _side.Close();
        _claim.Unlink();
    }
}
