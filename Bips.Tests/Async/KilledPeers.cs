using Bips.Tests.Support;
using Bips.Waiting;

namespace Bips.Tests.Async;

/// <summary>Many waits at once, of every kind, whose peers are all in one other process, and it is killed.</summary>
internal sealed class KilledPeers(Random random, string name, WaitTimes times)
{
    /// <summary>How many waits one death ends.</summary>
    public const int Count = 50;

    private static readonly PoolOptions s_small = new() { BufferSize = 64, BufferCount = 3 };

    /// <summary>Consumers here wait for producers there.</summary>
    public async Task OfConsumers()
    {
        using ActorProcess actor = ActorProcess.Start();
        Assert.That(actor.Do($"feed-create name={name} count={Count} size=64 buffers=3"), Is.EqualTo("ok"));
        Consumer[] consumers = [.. Enumerable.Range(0, Count).Select(i => Consumer.Open($"{name}-{i}"))];
        await Run(actor, WaitKind.Pull, WaitKind.Handle, nameof(PullStatus.ProducerLost), consumers,
            (consumer, wait) => Waits.Start(consumer, wait)).ConfigureAwait(false);
        foreach (string left in Directory.GetFiles("/dev/shm", $"bips.{name}-*"))
        {
            // A dead producer leaves its pool to a successor.
            File.Delete(left);
        }
    }

    /// <summary>Producers here wait for buffers that consumers there do not read.</summary>
    public async Task OfProducers()
    {
        using ActorProcess actor = ActorProcess.Start();
        Producer[] producers = [.. Enumerable.Range(0, Count).Select(i => Producer.Create($"{name}-{i}", s_small))];
        Assert.That(actor.Do($"attach name={name} count={Count}"), Is.EqualTo("ok"));
        foreach (Producer producer in producers)
        {
            for (int i = 0; i < s_small.BufferCount; i++)
            {
                Waits.Send(producer);
            }
        }

        await Run(actor, WaitKind.BufferPull, WaitKind.FlushAsync, Waits.Buffer, producers,
            (producer, wait) => Waits.Start(producer, wait)).ConfigureAwait(false);
    }

    private async Task Run<T>(
        ActorProcess actor,
        WaitKind first,
        WaitKind last,
        string outcome,
        T[] waiting,
        Func<T, TimedWait, Task<string>> start)
        where T : IDisposable
    {
        TimedWait[] waits = [.. waiting.Select(
            _ => new TimedWait((WaitKind)random.Next((int)first, (int)last + 1), asksPipe: false))];
        Task<string>[] outcomes = [.. waits.Select((wait, i) => start(waiting[i], wait))];
        RandomEnd[] ends = [.. waits.Select(Choose)];

        // The death comes anywhere in the slices of those that wait.
        await Task.Delay(random.Next((int)ConsumerPulls.RecheckSlice.TotalMilliseconds)).ConfigureAwait(false);
        Task others = Task.WhenAll(waits.Select((wait, i) => Task.Run(() => Happen(ends[i], wait, waiting[i]))));
        foreach (TimedWait wait in waits)
        {
            wait.End();
        }

        actor.Kill();
        string[] came = await Task.WhenAll(outcomes.Select((one, i) => Waits.Soon(one, waits[i], $"{ends[i]} beside " +
            "a death"))).ConfigureAwait(false);
        await others.ConfigureAwait(false);
        for (int i = 0; i < waits.Length; i++)
        {
            Assert.That(came[i], Is.EqualTo(
                outcome).Or.EqualTo(RandomRound.AnyoneComesTo(ends[i])), $"{waits[i].Kind}, {ends[i]} beside a death");
            times.Add(waits[i].Kind, string.Equals(came[i], outcome, StringComparison.Ordinal)
                ? RandomEnd.PeerKilled
                : ends[i], waits[i].Latency);
            waits[i].Dispose();
            waiting[i].Dispose();
        }
    }

    /// <summary>As a rule nothing but the death.</summary>
    private RandomEnd Choose(TimedWait wait) => random.Next(4) switch
    {
        0 => RandomEnd.Dispose,
        1 when wait.Kind != WaitKind.Handle => RandomEnd.Cancellation,
        _ => RandomEnd.PeerKilled,
    };

    private static void Happen(RandomEnd end, TimedWait wait, IDisposable waiting)
    {
        if (end == RandomEnd.PeerKilled)
        {
            return;
        }

        wait.End();
        if (end == RandomEnd.Cancellation)
        {
            wait.Cancel();
        }
        else
        {
            waiting.Dispose();
        }
    }
}
