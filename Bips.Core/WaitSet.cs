using Bips.Signaler;
using Bips.Waiting;

namespace Bips;

/// <summary>Waits in one thread for any of several consumers and producers, and for a time-out.</summary>
/// <remarks>
/// <para>Used by one thread at a time, and that thread is then the one that uses the members: a pull of a member in
/// another thread meanwhile is refused. A member may be disposed by any thread; the wait then ends for it. Waiting
/// allocates nothing.</para>
/// <para>No member starves: each wait begins to look behind the member that the last one ended for.</para>
/// </remarks>
/// <example>
/// <code>
/// var cameras = new WaitSet();
/// cameras.Add(front, tag: "front");
/// cameras.Add(rear, tag: "rear");
/// while (cameras.Wait(out WaitSetEvent ready, TimeSpan.FromSeconds(1)))
/// {
///     if (ready.Consumer!.Pull(out ReadLease frame, TimeSpan.Zero) == PullStatus.Success)
///     {
///         using (frame)
///         {
///             Show(ready.Tag, frame.Span);
///         }
///     }
/// }
/// </code>
/// </example>
public sealed class WaitSet
{
    private readonly WaitForSeveral _wait;

    /// <summary>What the wait for each member ends with, in the members' order.</summary>
    private readonly List<WaitSetEvent> _events = [];

    /// <summary>Makes an empty set.</summary>
    /// <param name="mode">How it waits; the members' own modes do not matter here.</param>
    public WaitSet(WaitMode mode = WaitMode.Balanced) => _wait = new WaitForSeveral(mode);

    /// <summary>How many consumers and producers are in it.</summary>
    public int Count => _events.Count;

    /// <summary>
    /// Adds a consumer: the wait ends when a pull of it would come to a frame, or to why there is none.
    /// </summary>
    /// <param name="consumer">Any consumer of any pool.</param>
    /// <param name="tag">Comes with the event.</param>
    /// <exception cref="ArgumentException">It is in the set already.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void Add(Consumer consumer, object? tag = null)
    {
        ArgumentNullException.ThrowIfNull(consumer);
        Add(consumer.Pulls, new WaitSetEvent(consumer, null, tag), nameof(consumer));
    }

    /// <summary>Adds a producer: the wait ends when a pull of it would come to a buffer.</summary>
    /// <param name="producer">Any producer.</param>
    /// <param name="tag">Comes with the event.</param>
    /// <exception cref="ArgumentException">It is in the set already.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void Add(Producer producer, object? tag = null)
    {
        ArgumentNullException.ThrowIfNull(producer);
        Add(producer.Pulls, new WaitSetEvent(null, producer, tag), nameof(producer));
    }

    /// <summary>Takes a consumer out of the set.</summary>
    /// <returns>False when it was not in it.</returns>
    public bool Remove(Consumer consumer)
    {
        ArgumentNullException.ThrowIfNull(consumer);
        return Remove(consumer.Pulls);
    }

    /// <summary>Takes a producer out of the set.</summary>
    /// <returns>False when it was not in it.</returns>
    public bool Remove(Producer producer)
    {
        ArgumentNullException.ThrowIfNull(producer);
        return Remove(producer.Pulls);
    }

    /// <summary>Waits until a member is ready, however long it takes.</summary>
    /// <param name="ready">
    /// The member. A pull of it, in this thread and without waiting, comes to something, but for a frame that its
    /// overflow policy dropped meanwhile. One that was disposed has been taken out of the set.
    /// </param>
    /// <exception cref="InvalidOperationException">The set is empty, or another thread uses a member.</exception>
    /// <exception cref="BipsException"><see cref="BipsError.ForkedChild"/>.</exception>
    public void Wait(out WaitSetEvent ready) => Wait(out ready, Deadline.Never, CancellationToken.None);

    /// <summary>Waits until a member is ready, for a limited time.</summary>
    /// <param name="ready">The member, when the result is true; see <see cref="Wait(out WaitSetEvent)"/>.</param>
    /// <param name="timeout">
    /// Zero looks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Never ends early.
    /// </param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False when the time was up.</returns>
    /// <inheritdoc cref="Wait(out WaitSetEvent)" path="/exception"/>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public bool Wait(out WaitSetEvent ready, TimeSpan timeout, CancellationToken cancellation = default) =>
        Wait(out ready, Deadline.After(timeout), cancellation);

    private void Add(IWaitable waitable, WaitSetEvent ready, string name)
    {
        if (_wait.IndexOf(waitable) >= 0)
        {
            throw new ArgumentException(
                "This object is in the set already: remove it first to give it another tag.", name);
        }

        _wait.Add(waitable);
        _events.Add(ready);
    }

    private bool Remove(IWaitable waitable)
    {
        int index = _wait.IndexOf(waitable);
        if (index < 0)
        {
            return false;
        }

        RemoveAt(index);
        return true;
    }

    private void RemoveAt(int index)
    {
        _wait.RemoveAt(index);
        _events.RemoveAt(index);
    }

    private bool Wait(out WaitSetEvent ready, Deadline deadline, CancellationToken cancellation)
    {
        BipsException.ThrowIfForked();
        if (_wait.Count == 0)
        {
            throw new InvalidOperationException(
                "There is nothing to wait for: add a consumer or a producer to the set first.");
        }

        _wait.Wait(out int index, out bool isDisposed, deadline, cancellation);
        ready = index >= 0 ? _events[index] : default;
        if (isDisposed)
        {
            RemoveAt(index);
        }

        return index >= 0;
    }
}
