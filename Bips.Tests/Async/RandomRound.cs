using Bips.Memory;
using Bips.Signaler;
using Bips.Waiting;

namespace Bips.Tests.Async;

/// <summary>A wait that one or two things end at random moments, in this process.</summary>
internal sealed class RandomRound(Random random, string name, WaitTimes times)
{
    /// <summary>Turns of a spin loop, so that ends come before, during and after the begin of the wait.</summary>
    private const int LongestPause = 3000;

    /// <summary>Milliseconds, short so that the slice does not end the wait first.</summary>
    private const int LongestSleep = 6;

    private static readonly PoolOptions s_small = new() { BufferSize = 64, BufferCount = 3 };
    private static readonly RandomEnd[] s_ends =
        [RandomEnd.Delivery, RandomEnd.Cancellation, RandomEnd.Dispose, RandomEnd.PeerEnds, RandomEnd.PeerDies];

    /// <summary>A consumer waits and gets a frame, unless something else ends the wait.</summary>
    public async Task Read()
    {
        var kind = (WaitKind)random.Next((int)WaitKind.BufferPull);
        RandomEnd[] ends = Choose([.. s_ends.Where(end => kind != WaitKind.Handle || end != RandomEnd.Cancellation)]);
        using var producer = Producer.Create(name, s_small);
        using var consumer = Consumer.Open(name);
        using var wait = new TimedWait(kind, asksPipe: random.Next(2) == 0);
        string outcome = await Run(ends, wait, () => Waits.Start(consumer, wait), end =>
        {
            switch (end)
            {
                case RandomEnd.Delivery:
                    Waits.Send(producer);
                    break;
                case RandomEnd.Cancellation:
                    wait.Cancel();
                    break;
                case RandomEnd.Dispose:
                    consumer.Dispose();
                    break;
                case RandomEnd.PeerEnds:
                    producer.Dispose();
                    break;
                default:
                    LivenessLock.Release(producer.Memory.File, PoolMemory.ProducerLockOffset);
                    break;
            }
        }).ConfigureAwait(false);
        Record(wait, outcome, ends, end => end switch
        {
            RandomEnd.Delivery => Waits.Frame(1),
            RandomEnd.PeerEnds => nameof(PullStatus.EndOfStream),
            RandomEnd.PeerDies => nameof(PullStatus.ProducerLost),
            _ => AnyoneComesTo(end),
        });

        // The frame that was sent is still there for whoever did not get it.
        if (producer.Published == 1 && !string.Equals(outcome, Waits.Frame(1), StringComparison.Ordinal) &&
            !ends.Contains(RandomEnd.Dispose))
        {
            using var again = new TimedWait(WaitKind.PullAsync, asksPipe: false);
            Assert.That(await Waits.Soon(Waits.Start(
                consumer, again), again, "the frame that was sent").ConfigureAwait(false), Is.EqualTo(Waits.Frame(1)));
        }
    }

    /// <summary>A producer waits for a buffer and gets one, unless something else ends the wait.</summary>
    public async Task Write()
    {
        var kind = (WaitKind)random.Next((int)WaitKind.BufferPull, (int)WaitKind.FlushAsync + 1);
        RandomEnd[] ends = Choose([.. s_ends.Where(end => end != RandomEnd.PeerDies)]);
        using var producer = Producer.Create(name, s_small);
        using var consumer = Consumer.Open(name);
        using var wait = new TimedWait(kind, asksPipe: random.Next(2) == 0);
        for (int i = 0; i < s_small.BufferCount; i++)
        {
            Waits.Send(producer);
        }

        string outcome = await Run(ends, wait, () => Waits.Start(producer, wait), end =>
        {
            switch (end)
            {
                case RandomEnd.Delivery:
                    consumer.TryPull(out ReadLease lease);
                    lease.Dispose();
                    break;
                case RandomEnd.Cancellation:
                    wait.Cancel();
                    break;
                case RandomEnd.Dispose:
                    producer.Dispose();
                    break;
                default:
                    consumer.Dispose();
                    break;
            }
        }).ConfigureAwait(false);
        Record(wait, outcome, ends, end => end is RandomEnd.Delivery or RandomEnd.PeerEnds
            ? Waits.Buffer
            : AnyoneComesTo(end));
    }

    /// <summary>What a wait comes to that its own side ends.</summary>
    public static string AnyoneComesTo(RandomEnd end) =>
        end == RandomEnd.Cancellation ? Waits.Cancelled : nameof(ObjectDisposedException);

    /// <summary>One end as a rule, often two.</summary>
    private RandomEnd[] Choose(RandomEnd[] among)
    {
        RandomEnd first = among[random.Next(among.Length)];
        RandomEnd second = random.Next(2) == 0 ? first : among[random.Next(among.Length)];
        return first == second ? [first] : [first, second];
    }

    /// <summary>
    /// Lets the ends come at random moments, one after the other or both at once, while the wait goes on.
    /// </summary>
    private async Task<string> Run(RandomEnd[] ends, TimedWait wait, Func<Task<string>> start, Action<RandomEnd> happen)
    {
        int[] pauses = [.. ends.Select(_ => random.Next(LongestPause))];

        // A death, which is looked for slice by slice, comes anywhere in one. As a rule the others come when the wait
        // sleeps, so that they have to wake it, and now and then around its begin.
        int phase = ends is [RandomEnd.PeerDies] ? random.Next((int)ConsumerPulls.RecheckSlice.TotalMilliseconds)
            : random.Next(8) == 0 ? 0
            : random.Next(1, LongestSleep);
        Task firing = Task.WhenAll(ends.Select((end, i) => Task.Run(async () =>
        {
            await Task.Delay(phase).ConfigureAwait(false);
            Thread.SpinWait(pauses[i]);
            wait.End();
            try
            {
                happen(end);
            }
            catch (Exception e) when (e is ObjectDisposedException or BipsException { Error: BipsError.LeaseEnded })
            {
                // The other end came first, or in the middle.
            }
        })));
        string outcome = await Waits.Soon(start(), wait, string.Join(" and ", ends)).ConfigureAwait(false);
        await firing.ConfigureAwait(false);
        return outcome;
    }

    private void Record(TimedWait wait, string outcome, RandomEnd[] ends, Func<RandomEnd, string> expected)
    {
        Assert.That(ends.Select(expected), Does.Contain(outcome), $"{wait.Kind} ended by {string.Join(" and ", ends)}");
        times.Add(wait.Kind, ends.First(
            end => string.Equals(expected(end), outcome, StringComparison.Ordinal)), wait.Latency);
    }
}
