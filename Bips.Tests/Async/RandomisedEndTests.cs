using Bips.Tests.Support;

namespace Bips.Tests.Async;

/// <summary>
/// Whatever ends a wait, and however many things at once, it ends once, in time, and nothing is lost.
/// </summary>
public sealed class RandomisedEndTests(bool waitv) : WaitvFixture(waitv)
{
    private const int Workers = 12;

    /// <summary>One round in so many has a peer in another process, which is killed.</summary>
    private const int RoundsPerKilled = 10;

    /// <summary>
    /// Blocking calls of rounds take threads of the pool, which would otherwise get new ones only now and then.
    /// </summary>
    private const int PoolThreads = 64;

    [Test]
    public async Task Wait_of_every_kind_ends_within_a_slice_by_what_ended_it_and_no_frame_is_lost()
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
        ThreadPool.GetMinThreads(out int threads, out int completionThreads);
        ThreadPool.SetMinThreads(PoolThreads, completionThreads);
        IReadOnlyList<string> delays;
        try
        {
            delays = await RunAll();
            if (delays.Count > 0)
            {
                // A machine that stood still for a moment has delayed all rounds of that moment, once. A fault comes
                // again.
                delays = await RunAll();
            }
        }
        finally
        {
            ThreadPool.SetMinThreads(threads, completionThreads);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            TaskScheduler.UnobservedTaskException -= note;
        }

        Assert.That(unobserved, Is.Empty);
        Assert.That(delays, Is.Empty);
    }

    private async Task<IReadOnlyList<string>> RunAll()
    {
        var times = new WaitTimes();
        int rounds = Soak.Times(3000, 100_000);
        int groups = Math.Max(2, rounds / RoundsPerKilled / KilledPeers.Count);
        int each = (rounds - (groups * KilledPeers.Count) + Workers - 1) / Workers;
        await Task.WhenAll([
            Task.Run(() => Kill(groups, times)),
            .. Enumerable.Range(
                0, Workers).Select(worker => Task.Run(() => Work(new Random(worker), $"{Name}-{worker}", each, times))),
        ]).ConfigureAwait(false);
        return times.FindDelays();
    }

    private static async Task Work(Random random, string name, int rounds, WaitTimes times)
    {
        for (int i = 0; i < rounds; i++)
        {
            var round = new RandomRound(random, name, times);
            await (random.Next(5) < 3 ? round.Read() : round.Write()).ConfigureAwait(false);
        }
    }

    private async Task Kill(int groups, WaitTimes times)
    {
        var random = new Random(Workers);
        for (int i = 0; i < groups; i++)
        {
            var peers = new KilledPeers(random, $"{Name}-killed", times);
            await (i % 2 == 0 ? peers.OfConsumers() : peers.OfProducers()).ConfigureAwait(false);
        }
    }
}
