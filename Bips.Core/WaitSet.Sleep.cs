using Bips.Async;
using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips;

/// <content>How a set sleeps.</content>
public sealed unsafe partial class WaitSet
{
    private WaitResult Sleep(Deadline deadline)
    {
        var condition = new AnyReady(this);
        var source = new WordsOfAll(this);
        if (_producerCount == 0)
        {
            return Signaler.Wait.Until(ref condition, ref source, ref _spin, deadline, Consumer.Slice);
        }

        Deadline atFirst = Deadline.Earlier(deadline, Deadline.After(Producer.LongWait));
        WaitResult result = Signaler.Wait.Until(ref condition, ref source, ref _spin, atFirst, Producer.Slice);
        return result == WaitResult.TimedOut && !deadline.HasPassed
            ? Signaler.Wait.Until(ref condition, ref source, ref _spin, deadline, Producer.LongSlice)
            : result;
    }

    /// <summary>What a set waits for.</summary>
    private readonly struct AnyReady(WaitSet set) : IWaitCondition
    {
        public bool IsMet() => set.FindReady();

        public bool IsHopeless(bool afterSlice) =>
            set._cancellation.IsCancellationRequested || (afterSlice && set.FindReadyOrLost(beforeSleep: false));
    }

    /// <summary>Where a set sleeps: on the words of all its members, and on its own.</summary>
    private readonly struct WordsOfAll(WaitSet set) : IWakeSource
    {
        public uint Announce()
        {
            FutexVector words = set._words;
            words.Clear();
            uint ticket = Ordering.LoadAcquire(ref set._call[0]);
            words.TryAdd(ref set._call[0], ticket);
            bool fits = FutexVector.IsAvailable && set._members.Count < FutexVector.Capacity;
            for (int i = 0; fits && i < set._members.Count; i++)
            {
                WaitSetMember member = set._members[i];
                fits = words.TryAdd(member.Address, member.Announce());
            }

            return ticket;
        }

        public FutexResult Sleep(uint ticket, Deadline deadline)
        {
            if (set._words.Count > set._members.Count)
            {
                set._words.Wait(deadline);
            }
            else
            {
                SleepBesideThread(ticket, deadline);
            }

            return deadline.HasPassed ? FutexResult.TimedOut : FutexResult.Woken;
        }

        public void Withdraw()
        {
            foreach (WaitSetMember member in set._members)
            {
                member.Withdraw();
            }
        }

        public void WakeAll() => set.Wake();

        /// <summary>Sleeps on the set's own word, while the waiting thread looks at the members.</summary>
        private void SleepBesideThread(uint ticket, Deadline deadline)
        {
            try
            {
                foreach (WaitSetMember member in set._members)
                {
                    WaitThread.Add(member);
                }

                Futex.Wait(ref set._call[0], ticket, deadline);
            }
            finally
            {
                foreach (WaitSetMember member in set._members)
                {
                    WaitThread.TryRemove(member);
                }
            }
        }
    }
}
