using System.Runtime.InteropServices;
using Bips.Benchmarks.Harness;
using Bips.Signaler;

namespace Bips.Tests.Signaler;

/// <summary>The signaler on its own, without a pool: two semaphores over plain memory.</summary>
public sealed unsafe class SemaphoreTests
{
    private const int LineSize = 128;
    private static readonly TimeSpan s_slice = TimeSpan.FromSeconds(10);
    private byte* _memory;

    [SetUp]
    public void Allocate()
    {
        _memory = (byte*)NativeMemory.AlignedAlloc(LineSize * 4, LineSize);
        NativeMemory.Clear(_memory, LineSize * 4);
    }

    [TearDown]
    public void Free() => NativeMemory.AlignedFree(_memory);

    [Test]
    public void Every_waiter_of_a_broadcast_has_its_own_count_of_permits([Values] WaitMode mode)
    {
        const int permits = 20_000;
        const int waiters = 3;
        BroadcastSemaphore poster = Broadcast();
        Task[] all = [.. Enumerable.Range(0, waiters).Select(_ => Task.Factory.StartNew(
            () => TakeAll(permits, mode), TaskCreationOptions.LongRunning))];
        for (ulong i = 1; i <= permits; i++)
        {
            poster.Post(i);
        }

        Assert.That(Task.WaitAll(all, TimeSpan.FromSeconds(60)), Is.True, "a wake-up was lost");
    }

    [Test]
    public void Doorbell_wakes_its_waiter_from_any_thread([Values] WaitMode mode)
    {
        const int rings = 5_000;
        uint* work = (uint*)(_memory + (3 * LineSize));
        Task waiter = Task.Factory.StartNew(() => ConsumeWork(rings, mode), TaskCreationOptions.LongRunning);
        Parallel.For(0, rings, _ =>
        {
            Ordering.FetchAdd(ref *(uint*)(_memory + (3 * LineSize)), 1);
            Doorbell().Ring();
        });
        Assert.That(waiter.Wait(TimeSpan.FromSeconds(60)), Is.True, $"a wake-up was lost, {*work} left");
    }

    [Test]
    public void Ring_without_a_waiter_does_not_touch_the_bell()
    {
        Doorbell().Ring();
        Assert.That(*(uint*)(_memory + (2 * LineSize)), Is.Zero);
    }

    [Test]
    public void Post_wakes_only_when_somebody_went_to_sleep_since_the_last_one()
    {
        BroadcastSemaphore poster = Broadcast();
        BroadcastSemaphore waiter = Broadcast();
        uint ticket = waiter.Announce();
        Assert.That(
            waiter.Sleep(ticket, Deadline.After(TimeSpan.FromMilliseconds(1))), Is.EqualTo(FutexResult.TimedOut));
        poster.Post(1);
        Assert.That(waiter.Sleep(ticket, Deadline.Never), Is.EqualTo(FutexResult.Changed), "a post makes the ticket " +
            "stale");
        Assert.That(waiter.Posted, Is.EqualTo(1));
    }

    [Test]
    public void Waiter_that_went_to_sleep_before_the_poster_was_there_is_woken_by_its_first_post()
    {
        BroadcastSemaphore waiter = Broadcast();
        uint ticket = waiter.Announce();
        BroadcastSemaphore poster = Broadcast();
        poster.Post(1);
        Assert.That(waiter.Sleep(ticket, Deadline.After(TimeSpan.FromSeconds(20))), Is.EqualTo(FutexResult.Changed));
    }

    [Test]
    public void Announcement_that_was_answered_before_its_sleep_does_not_sleep()
    {
        BroadcastSemaphore poster = Broadcast();
        BroadcastSemaphore waiter = Broadcast();
        poster.Post(1);
        uint ticket = waiter.Announce();
        poster.Post(1); // answers the announcement although the waiter waits for the second permit
        poster.Post(2); // finds nobody announced
        Assert.That(waiter.Sleep(ticket, Deadline.After(TimeSpan.FromSeconds(5))), Is.EqualTo(FutexResult.Changed));
    }

    [Test]
    public void Deadlines_saturate_and_refuse_negative_times()
    {
        Assert.That(Deadline.After(TimeSpan.MaxValue).IsNever, Is.True);
        Assert.That(Deadline.After(Timeout.InfiniteTimeSpan).IsNever, Is.True);
        Assert.That(Deadline.After(TimeSpan.Zero).HasPassed, Is.True);
        Assert.That(Deadline.After(TimeSpan.FromHours(1)).HasPassed, Is.False);
        Assert.That(Deadline.Never.HasPassed, Is.False);
        Assert.Throws<ArgumentOutOfRangeException>(() => Deadline.After(TimeSpan.FromTicks(-1)));
    }

    [Test]
    public void Balanced_wait_spins_only_while_waits_are_short()
    {
        var spin = new AdaptiveSpin(WaitMode.Balanced);
        Assert.That(spin.Budget, Is.EqualTo(AdaptiveSpin.MaximumNanoseconds));
        spin.Record(16_000_000);
        Assert.That(spin.Budget, Is.Zero);
        for (int i = 0; i < 40; i++)
        {
            spin.Record(1_000);
        }

        Assert.That(spin.Budget, Is.EqualTo(AdaptiveSpin.MaximumNanoseconds));
        Assert.That(new AdaptiveSpin(WaitMode.Sleep).Budget, Is.Zero);
    }

    [Test]
    public void Liveness_lock_tells_two_open_files_of_one_process_apart()
    {
        string path = Path.GetTempFileName();
        using (var one = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        using (var other = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            Assert.That(LivenessLock.TryAcquire(one, 5), Is.True);
            Assert.That(LivenessLock.TryAcquire(other, 5), Is.False);
            Assert.That(LivenessLock.TryAcquire(other, 6), Is.True);
            Assert.That(LivenessLock.IsHeldElsewhere(other, 5), Is.True);
            Assert.That(LivenessLock.IsHeldElsewhere(one, 5), Is.False);
            LivenessLock.Release(one, 5);
            Assert.That(LivenessLock.IsHeldElsewhere(other, 5), Is.False);
        }

        File.Delete(path);
    }

    [Test]
    public void Wake_ups_for_nothing_do_not_put_off_the_look_at_the_end_of_a_slice()
    {
        var condition = new PeerIsDead();
        var source = new AlwaysWoken();
        var spin = new AdaptiveSpin(WaitMode.Sleep);
        var slice = TimeSpan.FromMilliseconds(5);
        Assert.That(Wait.Until(ref condition, ref source, ref spin, Deadline.After(TimeSpan.FromSeconds(5)), slice),
            Is.EqualTo(WaitResult.Hopeless));
    }

    [Test]
    public void Poll_tells_how_many_looks_it_took([Values(1, 2, 5)] int looks)
    {
        var condition = new MetAtLook(looks);
        Assert.That(Wait.Poll(ref condition), Is.EqualTo(looks));
    }

    [Test]
    public void Poll_gives_up_before_it_costs_much()
    {
        var condition = new MetAtLook(int.MaxValue);
        Assert.That(Wait.Poll(ref condition), Is.Zero);
        Assert.That(condition.Looks, Is.InRange(10, 100));
    }

    /// <summary>
    /// Counted in processor time, which does not depend on who else runs: without yielding each exchange takes two time
    /// slices of it.
    /// </summary>
    [Test]
    public void Spinners_that_share_a_processor_let_each_other_run()
    {
        const int exchanges = 300;
        int processor = Processors.Allowed()[0];
        long[] used = new long[2];
        Task[] both = [.. Enumerable.Range(0, 2).Select(side => Task.Factory.StartNew(
            () => used[side] = ExchangePinned(processor, side, exchanges), TaskCreationOptions.LongRunning))];
        Assert.That(Task.WaitAll(both, TimeSpan.FromSeconds(60)), Is.True);
        Assert.That(used.Sum() / 1000.0 / exchanges, Is.LessThan(500), "microseconds of processor time for an " +
            "exchange");
    }

    private BroadcastSemaphore Broadcast() =>
        new((ulong*)_memory, (uint*)(_memory + sizeof(ulong)), (uint*)(_memory + LineSize));

    private DoorbellSemaphore Doorbell() => new((uint*)(_memory + LineSize), (uint*)(_memory + (2 * LineSize)));

    private void TakeAll(ulong permits, WaitMode mode)
    {
        BroadcastSemaphore waiter = Broadcast();
        var spin = new AdaptiveSpin(mode);
        for (ulong taken = 0; taken < permits; taken++)
        {
            var condition = new Posted((ulong*)_memory, taken + 1);
            Assert.That(
                Wait.Until(ref condition, ref waiter, ref spin, Deadline.After(TimeSpan.FromSeconds(5)), s_slice),
                Is.EqualTo(WaitResult.Met));
        }
    }

    /// <returns>Processor time, nanoseconds.</returns>
    private long ExchangePinned(int processor, int side, int exchanges)
    {
        Processors.Pin(processor);
        BroadcastSemaphore source = Broadcast();
        var spin = new AdaptiveSpin(WaitMode.Spin);
        ulong* own = (ulong*)(_memory + ((2 + side) * LineSize));
        ulong* other = (ulong*)(_memory + ((3 - side) * LineSize));
        long start = Processors.ThreadTime();
        for (ulong i = 1; i <= (ulong)exchanges; i++)
        {
            Ordering.StoreRelease(ref *own, i);
            var condition = new Posted(other, i);
            Wait.Until(ref condition, ref source, ref spin, Deadline.Never, s_slice);
        }

        return Processors.ThreadTime() - start;
    }

    private void ConsumeWork(int rings, WaitMode mode)
    {
        DoorbellSemaphore waiter = Doorbell();
        var spin = new AdaptiveSpin(mode);
        uint* work = (uint*)(_memory + (3 * LineSize));
        for (uint taken = 0; taken < rings; taken++)
        {
            var condition = new Rung(work, taken + 1);
            Assert.That(
                Wait.Until(ref condition, ref waiter, ref spin, Deadline.After(TimeSpan.FromSeconds(5)), s_slice),
                Is.EqualTo(WaitResult.Met));
        }
    }

    private readonly struct Posted(ulong* posted, ulong wanted) : IWaitCondition
    {
        public bool IsMet() => Ordering.LoadAcquire(ref *posted) >= wanted;

        public bool IsHopeless(bool afterSlice) => false;
    }

    private readonly struct Rung(uint* work, uint wanted) : IWaitCondition
    {
        public bool IsMet() => Ordering.LoadAcquire(ref *work) >= wanted;

        public bool IsHopeless(bool afterSlice) => false;
    }

    /// <summary>Met at one of its looks.</summary>
    private struct MetAtLook(int look) : IWaitCondition
    {
        public int Looks { get; private set; }

        public bool IsMet() => ++Looks == look;

        public readonly bool IsHopeless(bool afterSlice) => false;
    }

    /// <summary>Never met, and found out only by the look that follows a slice.</summary>
    private readonly struct PeerIsDead : IWaitCondition
    {
        public bool IsMet() => false;

        public bool IsHopeless(bool afterSlice) => afterSlice;
    }

    /// <summary>Somebody wakes whoever sleeps here, all the time.</summary>
    private readonly struct AlwaysWoken : IWakeSource
    {
        public uint Announce() => 0;

        public FutexResult Sleep(uint ticket, Deadline deadline) => FutexResult.Woken;

        public void Withdraw()
        {
            // Nothing was announced.
        }

        public void WakeAll()
        {
            // They are awake.
        }
    }
}
