using Bips.Tests.Actor;

namespace Bips.Tests.Support;

/// <summary>A pool name of its own for each test, and the proof that the test left nothing behind.</summary>
public abstract class PoolFixture
{
    private readonly List<IDisposable> _open = [];

    protected string Name { get; private set; } = "";

    [SetUp]
    public void ChooseName() => Name = $"test-{Guid.NewGuid():N}";

    [TearDown]
    public void LeaveNothing()
    {
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            _open[i].Dispose();
        }

        _open.Clear();
        string[] left = Directory.GetFiles("/dev/shm", $"bips.{Name}*");
        foreach (string file in left)
        {
            File.Delete(file);
        }

        if (!LeavesADeadPool)
        {
            Assert.That(left, Is.Empty, "the test left objects behind");
        }
    }

    /// <summary>Set by a test that kills its last producer.</summary>
    protected bool LeavesADeadPool { get; set; }

    protected T Open<T>(T disposable)
        where T : IDisposable
    {
        _open.Add(disposable);
        return disposable;
    }

    protected Producer CreateProducer(PoolOptions? options = null) =>
        Open(Producer.Create(Name, options ?? new PoolOptions { BufferSize = 1024 }));

    protected Consumer OpenConsumer(ConsumerOptions? options = null) => Open(Consumer.Open(Name, options));

    protected ActorProcess StartActor(params IReadOnlyList<string> wrapper) => Open(ActorProcess.Start(wrapper));

    /// <summary>Publishes one frame with the pattern of its sequence.</summary>
    protected static ulong Send(Producer producer, int length = 64)
    {
        Assert.That(producer.Pull(out WriteLease lease, TimeSpan.FromSeconds(20)), Is.EqualTo(PullStatus.Success));
        FramePattern.Fill(lease.Span[..length], producer.Published + 1);
        return lease.Push(length);
    }

    protected static void Send(Producer producer, int length, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Send(producer, length);
        }
    }

    /// <summary>Takes the next frame, which must be there and intact.</summary>
    protected static StoredReadLease Take(Consumer consumer)
    {
        Assert.That(consumer.Pull(out ReadLease lease, TimeSpan.FromSeconds(20)), Is.EqualTo(PullStatus.Success));
        Assert.That(FramePattern.Matches(lease.Span, lease.Sequence), Is.True, $"frame {lease.Sequence} is not intact");
        return lease.Store();
    }

    /// <summary>Takes a frame and gives it back.</summary>
    protected static ulong TakeSequence(Consumer consumer)
    {
        using StoredReadLease lease = Take(consumer);
        return lease.Sequence;
    }

    protected static BipsException Fails(BipsError error, Action code)
    {
        BipsException exception = Assert.Throws<BipsException>(code)!;
        Assert.That(exception.Error, Is.EqualTo(error), exception.Message);
        return exception;
    }
}
