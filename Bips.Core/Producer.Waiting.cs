using Bips.Signaler;

namespace Bips;

/// <content>How a pull waits for a free buffer in its own thread.</content>
public sealed unsafe partial class Producer
{
    /// <summary>How often a waiting producer looks whether a consumer that it waits for has died: at first, and later.</summary>
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_longSlice = TimeSpan.FromMilliseconds(25);

    /// <summary>When "later" begins: a producer that waits that long should use next to no processor time.</summary>
    private static readonly TimeSpan s_longWait = TimeSpan.FromSeconds(1);

    private bool ReclaimOrWait(Deadline deadline, CancellationToken cancellation, out int index)
    {
        bool isFree = _reclaimer.Reclaim() || WaitForBuffer(deadline, cancellation);
        WakeEvicted();
        if (isFree)
        {
            return _reclaimer.TryTakeFree(out index);
        }

        index = -1;
        return false;
    }

    private bool TryReclaim(out int index)
    {
        _ = _reclaimer.Reclaim() || (_lanes.Reap() && _reclaimer.Reclaim());
        WakeEvicted();
        return _reclaimer.TryTakeFree(out index);
    }

    /// <returns>False when the time was up.</returns>
    private bool WaitForBuffer(Deadline deadline, CancellationToken cancellation)
    {
        _claim.Pool.State->Waits++;
        using CancellationTokenRegistration registration = _interruption.Begin(cancellation);
        try
        {
            var condition = new FreeBuffer(this);
            Deadline atFirst = Deadline.Earlier(deadline, Deadline.After(s_longWait));
            WaitResult result = Wait.Until(ref condition, ref _doorbell, ref _spin, atFirst, s_slice);
            if (result == WaitResult.TimedOut && !deadline.HasPassed)
            {
                result = Wait.Until(ref condition, ref _doorbell, ref _spin, deadline, s_longSlice);
            }

            if (result != WaitResult.Hopeless)
            {
                return result == WaitResult.Met;
            }

            ObjectDisposedException.ThrowIf(_gate.IsClosed, this);
            throw new OperationCanceledException(cancellation);
        }
        finally
        {
            _interruption.End();
        }
    }

    private void WakeWait() => _doorbell.WakeAll();

    /// <summary>What a pull waits for.</summary>
    private struct FreeBuffer(Producer producer) : IWaitCondition
    {
        /// <summary>
        /// A dead consumer's buffers need not wait for the end of a slice. But a wait is mostly for a living one that is a little behind, and
        /// then the second look finds what it gave back, without a system call for each lane.
        /// </summary>
        private const int LooksBeforeReaping = 2;
        private int _looks;

        /// <summary>A look reads every lane, whose consumer then pays for its next store: some 300 ns apart.</summary>
        public static int PausesBetweenLooks => 16;

        public bool IsMet() => producer._reclaimer.Reclaim() ||
            (++_looks == LooksBeforeReaping && producer._lanes.Reap() && producer._reclaimer.Reclaim());

        public readonly bool IsHopeless(bool afterSlice)
        {
            if (producer._gate.IsClosed || producer._interruption.IsRequested)
            {
                return true;
            }

            if (afterSlice)
            {
                producer._lanes.Reap();
                producer._lanes.EvictStalled(producer.Published);
                producer.WakeEvicted();
            }

            return false;
        }
    }
}
