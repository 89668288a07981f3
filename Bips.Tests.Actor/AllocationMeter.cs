using System.Globalization;

namespace Bips.Tests.Actor;

/// <summary>Counts what asynchronous pulls allocate in the whole process, where nothing else runs.</summary>
internal static class AllocationMeter
{
    private const int WarmUp = 3000;

    /// <returns>Bytes per round.</returns>
    public static string Measure(Arguments arguments)
    {
        string name = arguments.Text("name");
        int rounds = arguments.Number("rounds", 1);
        using Producer<long> typedProducer = Producer.Create<long>(name,
            new PoolOptions { BufferSize = 64, BufferCount = 3 });
        using Consumer<long> typedConsumer = Consumer.Open<long>(name);
        Producer producer = typedProducer.Untyped;
        Consumer consumer = typedConsumer.Untyped;
        long before = 0;
        Task running = arguments.Text("what") switch
        {
            "ready" => ReadReady(producer, consumer, WarmUp + rounds, Start),
            "pending" => ReadPending(producer, consumer, WarmUp + rounds, Start),
            "enumeration" => Enumerate(producer, consumer, WarmUp + rounds, Start),
            "producer" => WritePending(producer, consumer, WarmUp + rounds, Start),
            "typed" => ExchangePending(typedProducer, typedConsumer, WarmUp + rounds, Start),
            string what => throw new InvalidOperationException($"cannot measure '{what}'"),
        };
        running.Wait();
        double bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        return string.Create(CultureInfo.InvariantCulture, $"ok {bytes / rounds:F2}");

        void Start(int round)
        {
            if (round == WarmUp)
            {
                before = GC.GetTotalAllocatedBytes(precise: true);
            }
        }
    }

    private static async Task ReadReady(Producer producer, Consumer consumer, int rounds, Action<int> start)
    {
        for (int i = 0; i < rounds; i++)
        {
            start(i);
            (await producer.PullAsync().ConfigureAwait(false)).Lease.Push(8);
            (await consumer.PullAsync().ConfigureAwait(false)).Lease.Push();
        }
    }

    private static async Task ReadPending(Producer producer, Consumer consumer, int rounds, Action<int> start)
    {
        for (int i = 0; i < rounds; i++)
        {
            start(i);
            ValueTask<PullResult<StoredReadLease>> pull = consumer.PullAsync();
            Push(producer);
            (await pull.ConfigureAwait(false)).Lease.Push();
        }
    }

    private static async Task WritePending(Producer producer, Consumer consumer, int rounds, Action<int> start)
    {
        for (int i = 0; i < 3; i++)
        {
            Push(producer);
        }

        for (int i = 0; i < rounds; i++)
        {
            start(i);
            ValueTask<PullResult<StoredWriteLease>> pull = producer.PullAsync();
            consumer.Pull(out ReadLease frame);
            frame.Push();
            (await pull.ConfigureAwait(false)).Lease.Push(8);
        }
    }

    /// <summary>Both sides wait in turn, and see what they get as values of a struct.</summary>
    private static async Task ExchangePending(
        Producer<long> producer, Consumer<long> consumer, int rounds, Action<int> start)
    {
        for (int i = 0; i < rounds; i++)
        {
            start(i);
            ValueTask<PullResult<StoredReadLease<long>>> read = consumer.PullAsync();
            Push(producer.Untyped);
            (await read.ConfigureAwait(false)).Lease.Push();
            Push(producer.Untyped);
            Push(producer.Untyped);
            Push(producer.Untyped);
            ValueTask<PullResult<StoredWriteLease<long>>> write = producer.PullAsync();
            for (int taken = 0; taken < 3; taken++)
            {
                consumer.Pull(out ReadLease<long> frame);
                frame.Push();
            }

            (await write.ConfigureAwait(false)).Lease.Dispose();
        }
    }

    /// <summary>The enumerator waits for each frame: the next one is pushed when it has taken the last.</summary>
    private static async Task Enumerate(Producer producer, Consumer consumer, int rounds, Action<int> start)
    {
        using var taken = new SemaphoreSlim(1);
        Task pushing = Task.Factory.StartNew(Feed, CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        int round = 0;
        await foreach (StoredReadLease frame in consumer.ReadAllAsync().ConfigureAwait(false))
        {
            start(round);
            frame.Push();
            taken.Release();
            if (++round == rounds)
            {
                break;
            }
        }

        await pushing.ConfigureAwait(false);

        void Feed()
        {
            for (int i = 0; i < rounds; i++)
            {
                taken.Wait();
                Push(producer);
            }
        }
    }

    private static void Push(Producer producer)
    {
        producer.Pull(out WriteLease lease);
        lease.Push(8);
    }
}
