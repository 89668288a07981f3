using Bips.Tests.Support;

namespace Bips.Tests.Pool;

/// <summary>What a callback of the user does in the middle of a pull ends that pull, and nothing else.</summary>
public sealed class EvictionCallbackTests : PoolFixture
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Test]
    public void Callback_that_cancels_the_pull_it_is_called_from_ends_it()
    {
        using var cancellation = new CancellationTokenSource();
        Producer producer = CreateStalled(_ => cancellation.Cancel());
        Task<PullStatus> pull = Task.Factory.StartNew(
            () => producer.Pull(out _, s_patience, cancellation.Token), TaskCreationOptions.LongRunning);
        Assert.That(() => pull.IsCompleted, Is.True.After((int)s_patience.TotalMilliseconds, 10));
        Assert.That(pull.Exception?.InnerException is null or OperationCanceledException, Is.True);
    }

    [Test]
    public void Callback_that_throws_fails_the_pull_and_leaves_nobody_waiting()
    {
        int calls = 0;
        Producer producer = CreateStalled(_ => throw new NotSupportedException($"call {++calls}"));
        Assert.Throws<NotSupportedException>(() => producer.Pull(out _, s_patience));
        unsafe
        {
            Assert.That(producer.Memory.Control.State->IsWaiting, Is.False, "consumers ring for nobody");
        }

        Assert.That(producer.Pull(out WriteLease lease, s_patience), Is.EqualTo(PullStatus.Success));
        lease.Push(1);
    }

    /// <summary>A full pool whose consumer is about to be evicted because it takes nothing.</summary>
    private Producer CreateStalled(Action<LaneEviction> onEviction)
    {
        Producer producer = CreateProducer(new PoolOptions
        {
            BufferSize = 64,
            BufferCount = 4,
            EvictStalledAfter = TimeSpan.FromMilliseconds(50),
            OnEviction = onEviction,
        });
        OpenConsumer();
        Send(producer, 64, count: 4);
        return producer;
    }
}
