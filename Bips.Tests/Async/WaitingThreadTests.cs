namespace Bips.Tests.Async;

/// <summary>The waiting thread is there while somebody waits.</summary>
public sealed class WaitingThreadTests(bool waitv) : WaitvFixture(waitv)
{
    [Test]
    public async Task Waiting_thread_starts_with_a_wait_and_ends_when_nothing_waits_again_and_again()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer();
        for (int i = 0; i < 2; i++)
        {
            Assert.That(SpinWait.SpinUntil(() => CountWaitingThreads() == 0, Patience), Is.True, "nothing waits");
            ValueTask<PullResult<StoredReadLease>> pull = consumer.PullAsync();
            Assert.That(SpinWait.SpinUntil(
                () => CountWaitingThreads() == (HasWaitv ? 1 : 2), Patience), Is.True, "a pull waits");
            Send(producer);
            PullResult<StoredReadLease> pulled = await Soon(pull);
            pulled.Lease.Push();
        }
    }

    [Test]
    public void Reads_that_complete_at_once_start_no_thread()
    {
        Producer producer = CreateProducer();
        Consumer consumer = OpenConsumer();
        Assert.That(SpinWait.SpinUntil(() => CountWaitingThreads() == 0, Patience), Is.True, "nothing waits");
        Send(producer);
        ValueTask<PullResult<StoredReadLease>> pull = consumer.PullAsync();
        Assert.That(pull.IsCompletedSuccessfully, Is.True);
        Assert.That(CountWaitingThreads(), Is.Zero);
        pull.Result.Lease.Push();
    }
}
