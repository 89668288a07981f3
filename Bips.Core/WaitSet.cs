using Bips.Async;
using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips;

/// <summary>Waits in one thread for any of several consumers and producers, and for a time-out.</summary>
/// <remarks>
/// <para>Used by one thread at a time, and that thread is then the one that uses the members: a pull of a member in another thread
/// meanwhile is refused. A member may be disposed by any thread; the wait then ends for it. Waiting allocates nothing.</para>
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
public sealed partial class WaitSet
{
    private readonly List<WaitSetMember> _members = [];
    private readonly FutexVector _words = new();

    /// <summary>Changes when a wait should look again though no member's word has changed; in memory that does not move.</summary>
    private readonly uint[] _call = GC.AllocateArray<uint>(1, pinned: true);
    private AdaptiveSpin _spin;
    private CancellationToken _cancellation;

    /// <summary>Where the next look begins.</summary>
    private int _first;

    /// <summary>The member that was found ready; negative for none.</summary>
    private int _found;
    private int _producerCount;

    /// <summary>Makes an empty set.</summary>
    /// <param name="mode">How it waits; the members' own modes do not matter here.</param>
    public WaitSet(WaitMode mode = WaitMode.Balanced) => _spin = new AdaptiveSpin(mode);

    /// <summary>How many consumers and producers are in it.</summary>
    public int Count => _members.Count;

    /// <summary>Adds a consumer: the wait ends when a pull of it would come to a frame, or to why there is none.</summary>
    /// <param name="consumer">Any consumer of any pool.</param>
    /// <param name="tag">Comes with the event.</param>
    /// <exception cref="ArgumentException">It is in the set already.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void Add(Consumer consumer, object? tag = null)
    {
        ArgumentNullException.ThrowIfNull(consumer);
        ThrowIfThere(IndexOf(consumer), nameof(consumer));
        _members.Add(new WaitSetMember(this, consumer, tag));
    }

    /// <summary>Adds a producer: the wait ends when a pull of it would come to a buffer.</summary>
    /// <param name="producer">Any producer.</param>
    /// <param name="tag">Comes with the event.</param>
    /// <exception cref="ArgumentException">It is in the set already.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void Add(Producer producer, object? tag = null)
    {
        ArgumentNullException.ThrowIfNull(producer);
        ThrowIfThere(IndexOf(producer), nameof(producer));
        _members.Add(new WaitSetMember(this, producer, tag));
        _producerCount++;
    }

    /// <summary>Takes a consumer out of the set.</summary>
    /// <returns>False when it was not in it.</returns>
    public bool Remove(Consumer consumer) => TryRemoveAt(IndexOf(consumer));

    /// <summary>Takes a producer out of the set.</summary>
    /// <returns>False when it was not in it.</returns>
    public bool Remove(Producer producer) => TryRemoveAt(IndexOf(producer));

    /// <summary>Waits until a member is ready, however long it takes.</summary>
    /// <param name="ready">
    /// The member. A pull of it, in this thread and without waiting, comes to something, but for a frame that its overflow policy
    /// dropped meanwhile. One that was disposed has been taken out of the set.
    /// </param>
    /// <exception cref="InvalidOperationException">The set is empty, or another thread uses a member.</exception>
    /// <exception cref="BipsException"><see cref="BipsError.ForkedChild"/>.</exception>
    public void Wait(out WaitSetEvent ready) => Wait(out ready, Deadline.Never, CancellationToken.None);

    /// <summary>Waits until a member is ready, for a limited time.</summary>
    /// <param name="ready">The member, when the result is true; see <see cref="Wait(out WaitSetEvent)"/>.</param>
    /// <param name="timeout">Zero looks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Never ends early.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False when the time was up.</returns>
    /// <inheritdoc cref="Wait(out WaitSetEvent)" path="/exception"/>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public bool Wait(out WaitSetEvent ready, TimeSpan timeout, CancellationToken cancellation = default) =>
        Wait(out ready, Deadline.After(timeout), cancellation);

    /// <summary>Has a wait look again. Any thread.</summary>
    internal void Wake()
    {
        Ordering.FetchAdd(ref _call[0], 1);
        Futex.Wake(ref _call[0]);
    }

    private static void ThrowIfThere(int index, string name)
    {
        if (index >= 0)
        {
            throw new ArgumentException("This object is in the set already: remove it first to give it another tag.", name);
        }
    }

    private int IndexOf(object owner)
    {
        for (int i = 0; i < _members.Count; i++)
        {
            if (ReferenceEquals(_members[i].Event.Consumer ?? (object?)_members[i].Event.Producer, owner))
            {
                return i;
            }
        }

        return -1;
    }

    private bool TryRemoveAt(int index)
    {
        if (index < 0)
        {
            return false;
        }

        _producerCount -= _members[index].Event.Producer is null ? 0 : 1;
        _members.RemoveAt(index);
        return true;
    }

    private bool Wait(out WaitSetEvent ready, Deadline deadline, CancellationToken cancellation)
    {
        if (ForkGuard.IsForkedChild)
        {
            throw BipsException.Forked();
        }

        if (_members.Count == 0)
        {
            throw new InvalidOperationException("There is nothing to wait for: add a consumer or a producer to the set first.");
        }

        int entered = 0;
        try
        {
            for (; entered < _members.Count; entered++)
            {
                if (!_members[entered].TryEnter())
                {
                    return TakeDisposed(entered, out ready);
                }
            }

            return WaitInside(out ready, deadline, cancellation);
        }
        finally
        {
            for (int i = 0; i < entered; i++)
            {
                _members[i].Exit();
            }
        }
    }

    private bool TakeDisposed(int index, out WaitSetEvent ready)
    {
        // Behind those whose gates are to be left, so that their places stay.
        ready = _members[index].Event;
        return TryRemoveAt(index);
    }

    /// <summary>Waits with the gates of all members, so that none is unmapped meanwhile.</summary>
    private bool WaitInside(out WaitSetEvent ready, Deadline deadline, CancellationToken cancellation)
    {
        _found = -1;

        // Not left to the sleep: beside a member that always has something there is none, and a dead peer of another would stay unseen.
        if (FindReadyOrLost(beforeSleep: true))
        {
            return TakeFound(out ready);
        }

        cancellation.ThrowIfCancellationRequested();
        _cancellation = cancellation;
        using CancellationTokenRegistration registration = cancellation.UnsafeRegister(static self => ((WaitSet)self!).Wake(), this);
        WaitResult result = Sleep(deadline);
        if (_found >= 0)
        {
            return TakeFound(out ready);
        }

        ready = default;
        return result == WaitResult.TimedOut ? false : throw new OperationCanceledException(cancellation);
    }

    private bool FindReady()
    {
        for (int i = 0; i < _members.Count && _found < 0; i++)
        {
            int index = (_first + i) % _members.Count;
            _found = _members[index].IsReady() ? index : -1;
        }

        return _found >= 0;
    }

    /// <inheritdoc cref="WaitSetMember.IsReady(long, bool)"/>
    private bool FindReadyOrLost(bool beforeSleep)
    {
        long now = MonotonicClock.Nanoseconds;
        for (int i = 0; i < _members.Count && _found < 0; i++)
        {
            int index = (_first + i) % _members.Count;
            _found = _members[index].IsReady(now, beforeSleep) ? index : -1;
        }

        return _found >= 0;
    }

    private bool TakeFound(out WaitSetEvent ready)
    {
        _first = _found + 1;
        ready = _members[_found].Event;
        return true;
    }
}
