using Bips.Signaler.Waiting;

namespace Bips.Async;

/// <summary>A consumer's pull that waits for a frame.</summary>
internal sealed unsafe class ConsumerPull(Consumer consumer, WaitedWord word) : PendingPull<StoredReadLease>(word)
{
    public override uint* Address => consumer.SignalWord;

    public override TimeSpan Slice => Consumer.Slice;

    public override uint Announce() => consumer.Announce();

    public override void Leave() => consumer.LeavePull();

    protected override bool TryEnd(bool afterSlice, out PullResult<StoredReadLease> result) =>
        consumer.TryEndPull(afterSlice, out result);

    protected override void Ended() => consumer.ClearUnlessReadable();

    protected override void Recycle() => consumer.Recycle(this);
}
