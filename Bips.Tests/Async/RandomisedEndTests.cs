using Bips.Memory;
using Bips.Signaler;
using Bips.Tests.Support;

namespace Bips.Tests.Async;

/// <summary>Whatever ends a wait, and however many things at once, it ends once and nothing is lost.</summary>
public sealed class RandomisedEndTests(bool waitv) : WaitvFixture(waitv)
{
    private const int Workers = 48;
    private const int LongestPause = 3000;
    private static readonly PoolOptions s_small = new() { BufferSize = 64, BufferCount = 3 };
    private static readonly RandomEnd[] s_ends = Enum.GetValues<RandomEnd>();

    [Test]
    public async Task Wait_of_every_kind_ends_by_what_ended_it_and_no_frame_is_lost()
    {
        List<Exception> unobserved = [];
        EventHandler<UnobservedTaskExceptionEventArgs> note = (_, told) =>
        {
            lock (unobserved)
            {
                unobserved.Add(told.Exception);
            }
        };
        TaskScheduler.UnobservedTaskException += note;
        int rounds = (Soak.Times(3000, 100_000) + Workers - 1) / Workers;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => Work(new Random(worker), $"{Name}-{worker}", rounds))));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException -= note;
        Assert.That(unobserved, Is.Empty);
    }

    private static async Task Work(Random random, string name, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            RandomEnd first = s_ends[random.Next(s_ends.Length)];
            RandomEnd second = random.Next(2) == 0 ? first : s_ends[random.Next(s_ends.Length)];
            int kind = random.Next(8);
            Task round = kind switch
            {
                < 3 => Read(random, name, first, second, PullOnce),
                < 5 => Read(random, name, first, second, EnumerateOnce),
                5 => Read(random, name, first, second, WaitForOne),
                _ => Write(random, name, first, second),
            };
            await round.ConfigureAwait(false);
        }
    }

    /// <summary>A consumer waits, by any means, and gets a frame unless something else ends the wait.</summary>
    private static async Task Read(Random random, string name, RandomEnd first, RandomEnd second,
        Func<Consumer, CancellationToken, Task<string>> wait)
    {
        using var producer = Producer.Create(name, s_small);
        using var consumer = Consumer.Open(name);
        using var cancellation = new CancellationTokenSource();
        Task firing = Fire(random, [first, second], end =>
        {
            switch (end)
            {
                case RandomEnd.Delivery:
                    producer.Pull(out WriteLease lease);
                    lease.Push(8);
                    break;
                case RandomEnd.Cancellation:
                    cancellation.Cancel();
                    break;
                case RandomEnd.Dispose:
                    consumer.Dispose();
                    break;
                case RandomEnd.PeerEnds:
                    producer.Dispose();
                    break;
                default:
                    Die(producer);
                    break;
            }
        });
        string outcome = await Outcome(wait(consumer, cancellation.Token)).WaitAsync(Patience).ConfigureAwait(false);
        await firing.ConfigureAwait(false);
        Assert.That(new[] { first, second }.Select(end => Expected(end, "frame 1", nameof(PullStatus.EndOfStream))), Does.Contain(outcome));

        // The frame that was sent is still there for whoever did not get it.
        bool isDisposed = first == RandomEnd.Dispose || second == RandomEnd.Dispose;
        bool isSent = !isDisposed && producer.Published == 1;
        if (isSent && outcome is not "frame 1")
        {
            Assert.That(await Outcome(PullOnce(consumer, CancellationToken.None)).ConfigureAwait(false), Is.EqualTo("frame 1"));
        }
    }

    /// <summary>A producer waits for a buffer, and gets one unless something else ends the wait.</summary>
    private static async Task Write(Random random, string name, RandomEnd first, RandomEnd second)
    {
        using var producer = Producer.Create(name, s_small);
        using var consumer = Consumer.Open(name);
        using var cancellation = new CancellationTokenSource();
        Send(producer, 8, count: 3);
        ValueTask<PullResult<StoredWriteLease>> pull = producer.PullAsync(cancellation.Token);
        Task firing = Fire(random, [first, second], end =>
        {
            switch (end)
            {
                case RandomEnd.Delivery:
                    if (consumer.TryPull(out ReadLease lease))
                    {
                        lease.Push();
                    }

                    break;
                case RandomEnd.Cancellation:
                    cancellation.Cancel();
                    break;
                case RandomEnd.Dispose:
                    producer.Dispose();
                    break;
                default:
                    consumer.Dispose();
                    break;
            }
        });
        string outcome = await Outcome(PullBuffer(pull)).WaitAsync(Patience).ConfigureAwait(false);
        try
        {
            await firing.ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // One of the two ends used the consumer that the other had disposed.
        }

        Assert.That(new[] { first, second }.Select(end => Expected(end, "buffer", "buffer")), Does.Contain(outcome));
    }

    private static string Expected(RandomEnd end, string delivered, string peerEnded) => end switch
    {
        RandomEnd.Delivery => delivered,
        RandomEnd.Cancellation => nameof(OperationCanceledException),
        RandomEnd.Dispose => nameof(ObjectDisposedException),
        RandomEnd.PeerEnds => peerEnded,
        _ => peerEnded is "buffer" ? "buffer" : nameof(PullStatus.ProducerLost),
    };

    /// <summary>Does each at a random moment, one after the other or both at once.</summary>
    private static async Task Fire(Random random, RandomEnd[] ends, Action<RandomEnd> end)
    {
        RandomEnd[] distinct = [.. ends.Distinct()];
        int[] pauses = [.. distinct.Select(_ => random.Next(LongestPause))];
        await Task.WhenAll(distinct.Select((one, i) => Task.Run(() =>
        {
            Thread.SpinWait(pauses[i]);
            try
            {
                end(one);
            }
            catch (ObjectDisposedException)
            {
                // The other end came first.
            }
        }))).ConfigureAwait(false);
    }

    /// <summary>What the kernel does at the death of the process: it drops the lock that stood for its life.</summary>
    private static void Die(Producer producer) => LivenessLock.Release(producer.Memory.File, PoolMemory.ProducerLockOffset);

    private static async Task<string> PullOnce(Consumer consumer, CancellationToken cancellation)
    {
        PullResult<StoredReadLease> pulled = await consumer.PullAsync(cancellation).ConfigureAwait(false);
        return pulled.IsSuccess ? Describe(pulled.Lease) : pulled.Status.ToString();
    }

    private static async Task<string> EnumerateOnce(Consumer consumer, CancellationToken cancellation)
    {
        await foreach (StoredReadLease frame in consumer.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            return Describe(frame);
        }

        return nameof(PullStatus.EndOfStream);
    }

    private static Task<string> WaitForOne(Consumer consumer, CancellationToken cancellation) => Task.Factory.StartNew(
        () =>
        {
            var set = new WaitSet();
            set.Add(consumer);
            set.Wait(out _, Timeout.InfiniteTimeSpan, cancellation);
            PullStatus status = consumer.Pull(out ReadLease lease, TimeSpan.Zero, CancellationToken.None);
            return status == PullStatus.Success ? Describe(lease.Store()) : status.ToString();
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static async Task<string> PullBuffer(ValueTask<PullResult<StoredWriteLease>> pull)
    {
        PullResult<StoredWriteLease> pulled = await pull.ConfigureAwait(false);
        pulled.Lease.Dispose();
        return pulled.IsSuccess ? "buffer" : pulled.Status.ToString();
    }

    private static string Describe(StoredReadLease lease)
    {
        using (lease)
        {
            return $"frame {lease.Sequence}";
        }
    }

    private static async Task<string> Outcome(Task<string> wait)
    {
        try
        {
            return await wait.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return nameof(OperationCanceledException);
        }
        catch (ObjectDisposedException)
        {
            return nameof(ObjectDisposedException);
        }
        catch (BipsException e)
        {
            return e.Error.ToString();
        }
    }
}
