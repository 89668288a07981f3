using Bips.Signaler;
using Bips.Signaler.Waiting;

namespace Bips.Async;

/// <summary>A producer's pull that waits for a free buffer.</summary>
internal sealed unsafe class ProducerPull(Producer producer, WaitedWord word) : PendingPull<StoredWriteLease>(word)
{
    private Deadline _longWait;

    public override uint* Address => producer.BellWord;

    public override TimeSpan Slice => _longWait.HasPassed ? Producer.LongSlice : Producer.Slice;

    public ValueTask<PullResult<StoredWriteLease>> BeginWaiting(
        Deadline deadline, IThreadPoolWorkItem? follower, CancellationToken cancellation)
    {
        _longWait = Deadline.After(Producer.LongWait);
        return Begin(deadline, follower, cancellation);
    }

    public override uint Announce() => producer.Announce();

    public override void Leave() => producer.LeavePull();

    protected override bool TryEnd(bool afterSlice, out PullResult<StoredWriteLease> result) =>
        producer.TryEndPull(afterSlice, out result);

    protected override void Ended()
    {
        // Nobody else is to be told.
    }

    protected override void Recycle() => producer.Recycle(this);
}
