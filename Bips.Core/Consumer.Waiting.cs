using System.Runtime.InteropServices;
using Bips.Async;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips;

/// <content>How a pull waits for a frame in its own thread, and what waits of every kind have in common: where they sleep, who else waits, and why no frame will come.</content>
public sealed unsafe partial class Consumer
{
    /// <summary>How long it stands that another consumer of this process found the producer alive.</summary>
    private const long FreshNanoseconds = 10_000_000;

    /// <summary>In a dense stream the next frame is there after this many looks.</summary>
    private const int DenseLooks = 3;

    /// <summary>Whether the last wait was over almost at once.</summary>
    private bool _isDense;

    /// <summary>Where this consumer's waits sleep; null until the first one.</summary>
    private WaitedWord? _word;

    /// <summary>The newest set that waited for this consumer.</summary>
    private WaitSet? _set;

    /// <summary>Its descriptor for event loops; null until one was asked for.</summary>
    private ReadableEvent? _readable;

    /// <summary>
    /// A descriptor (an eventfd) for <c>epoll</c>, GLib, libuv and other event loops: readable while a pull without waiting would come to
    /// something but <see cref="PullStatus.TimedOut"/>.
    /// </summary>
    /// <remarks>
    /// <para>Level-triggered: pulls set and clear it, nobody reads or writes it. It is readable until the frames that are there have been
    /// taken, so one pull per event is enough; after the end of the stream it stays readable. Now and then it is readable for
    /// nothing (a frame that the overflow policy dropped): pull without waiting.</para>
    /// <para>The consumer owns it and closes it when disposed: take it out of the loop before. Made by the first call; from then
    /// on the process's waiting thread runs.</para>
    /// </remarks>
    /// <exception cref="BipsException"><see cref="BipsError.System"/> when there is no descriptor left, or
    /// <see cref="BipsError.ForkedChild"/>.</exception>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    public SafeHandle ReadableHandle
    {
        get
        {
            ThrowIfForked();
            WaitedWord word = WaitedWord();
            ReadableEvent readable;
            lock (WaitThread.Changes)
            {
                ObjectDisposedException.ThrowIf(_gate.IsClosed, this);
                if (_readable is not null)
                {
                    return _readable.Descriptor;
                }

                _readable = readable = new ReadableEvent(this, word);
            }

            WaitThread.Add(readable);
            return readable.Descriptor;
        }
    }

    /// <summary>Longest time between two looks for a dead producer.</summary>
    internal static TimeSpan Slice => s_slice;

    /// <summary>Whether a disposal waits for whoever is inside.</summary>
    internal bool IsClosing => _gate.IsClosed;

    /// <summary>Enters the gate on behalf of a set, which is woken when the consumer is disposed.</summary>
    /// <returns>False when it is disposed.</returns>
    internal bool TryEnter(WaitSet set)
    {
        if (!_gate.TryEnter())
        {
            return false;
        }

        _set = set;
        return true;
    }

    internal void Exit() => _gate.Exit();

    /// <summary>Where this consumer's waits sleep.</summary>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    internal WaitedWord WaitedWord()
    {
        lock (WaitThread.Changes)
        {
            ObjectDisposedException.ThrowIf(_gate.IsClosed, this);
            return _word ??= WaitThread.Register(
                ObjectFile.IdentityOf(_claim.Pool.File, _claim.Pool.Path, (byte*)SignalWord - (byte*)_claim.Pool.Header));
        }
    }

    /// <summary>To be called when a pull is over and the waiting thread's lock is not held.</summary>
    internal void ClearUnlessReadable() => _readable?.ClearUnlessReadable();

    /// <summary>Whether the next frame comes within about a microsecond, if waits spin at all.</summary>
    private bool ComesSoon()
    {
        if (!_spin.IsWorthwhile)
        {
            return false;
        }

        if (_isDense)
        {
            AdaptiveSpin.Pause(_lookAway.PausesOfNextWait(_reader.Taken));
        }

        var condition = new NextFrame(this);
        int looks = Wait.Poll(ref condition);
        _isDense = looks is > 0 and <= DenseLooks;
        if (looks == 0)
        {
            return false;
        }

        // That it took next to no time needs no clock, whose reading would stand between a frame and its reader.
        _spin.Record(0);
        return true;
    }

    private PullStatus WaitAndTake(out ReadLease lease, Deadline deadline, CancellationToken cancellation)
    {
        using CancellationTokenRegistration registration = _interruption.Begin(cancellation);
        try
        {
            return WaitAndTake(out lease, deadline) is { } status ? status : throw Interrupted(cancellation);
        }
        finally
        {
            _interruption.End();
        }
    }

    /// <returns>Null when the wait was interrupted.</returns>
    private PullStatus? WaitAndTake(out ReadLease lease, Deadline deadline)
    {
        while (true)
        {
            var condition = new NextFrame(this);
            WaitResult result = Wait.Until(ref condition, ref _semaphore, ref _spin, deadline, s_slice);
            if (result != WaitResult.Hopeless)
            {
                // A frame that came with, or before, whatever ended the wait counts more.
                if (TryTake(out lease))
                {
                    return PullStatus.Success;
                }

                if (result == WaitResult.TimedOut)
                {
                    return PullStatus.TimedOut;
                }

                if (_reader.IsEvicted)
                {
                    return PullStatus.Evicted;
                }

                continue;
            }

            lease = default;
            return condition.Reason;
        }
    }

    private Exception Interrupted(CancellationToken cancellation) => _gate.IsClosed
        ? new ObjectDisposedException(nameof(Consumer))
        : new OperationCanceledException(cancellation);

    /// <summary>Nobody is inside any more, and nobody can begin to wait.</summary>
    private void StopWaiting()
    {
        lock (WaitThread.Changes)
        {
            _readable?.Close();
            if (_word is not null)
            {
                WaitThread.Forget(_word);
            }
        }
    }

    /// <summary>Why no frame will come, if so; a frame that is there counts more.</summary>
    /// <param name="afterSlice">Looks for a dead producer too, which costs a system call.</param>
    private PullStatus? FindEnd(bool afterSlice)
    {
        if (_reader.IsEvicted)
        {
            return PullStatus.Evicted;
        }

        return (PoolState)Ordering.LoadAcquire(ref _claim.Pool.State->State) switch // sync: state, step: wait_state
        {
            PoolState.Closed => PullStatus.EndOfStream,
            PoolState.Replaced => PullStatus.PoolReplaced,
            _ => afterSlice ? FindLoss() : null,
        };
    }

    private PullStatus? FindLoss()
    {
        PoolMemory pool = _claim.Pool;
        long now = MonotonicClock.Nanoseconds;
        if (_word is not null && now - _word.PeerSeen < FreshNanoseconds)
        {
            _lostSince = 0;
            return null;
        }

        if (LivenessLock.IsHeldElsewhere(pool.File, PoolMemory.ProducerLockOffset))
        {
            _lostSince = 0;
            _word?.PeerSeen = now;
            return null;
        }

        if (!ObjectFile.IsLinkedAt(pool.File, _paths.Pool))
        {
            return PullStatus.PoolReplaced;
        }

        if (_lostSince == 0)
        {
            _lostSince = now;
        }

        return now - _lostSince >= _graceNanoseconds ? PullStatus.ProducerLost : null;
    }

    /// <summary>What a pull waits for.</summary>
    private struct NextFrame(Consumer consumer) : IWaitCondition
    {
        /// <summary>Why the wait is hopeless; null when it was interrupted.</summary>
        public PullStatus? Reason { get; private set; }

        public readonly bool IsMet() => consumer._reader.IsNextCommitted(); // step: wait_look

        public bool IsHopeless(bool afterSlice)
        {
            if (consumer._gate.IsClosed || consumer._interruption.IsRequested)
            {
                Reason = null;
                return true;
            }

            Reason = consumer.FindEnd(afterSlice);
            return Reason is not null;
        }
    }
}
