namespace Bips.Tests.Actor;

/// <summary>Producers of several pools in one process, each with a rate that changes at random.</summary>
internal sealed class Feeder : IDisposable
{
    private const int LongestPause = 40;
    private readonly List<Producer> _producers = [];

    /// <summary>Creates <c>count</c> pools, named from <c>first</c> on.</summary>
    public Feeder(Arguments arguments)
    {
        int first = arguments.Number("first");
        for (int i = first; i < first + arguments.Number("count", 1); i++)
        {
            _producers.Add(Producer.Create($"{arguments.Text("name")}-{i}", arguments.PoolOptions()));
        }
    }

    /// <summary>Publishes into all pools for <c>time</c> milliseconds and ends their streams.</summary>
    /// <returns>How many frames each got.</returns>
    public string Run(Arguments arguments)
    {
        var random = new Random(arguments.Number("seed", 1));
        using var pace = new ManualResetEventSlim();
        long[] due = new long[_producers.Count];
        long end = Environment.TickCount64 + arguments.Number("time", 1000);
        for (long now; (now = Environment.TickCount64) < end; pace.Wait((int)Math.Max(1, due.Min() - now)))
        {
            for (int i = 0; i < due.Length; i++)
            {
                if (due[i] <= now)
                {
                    Publish(_producers[i], burst: random.Next(1, 5));
                    due[i] = now + random.Next(LongestPause);
                }
            }
        }

        string counts = string.Join(',', _producers.Select(producer => producer.Published));
        Dispose();
        return $"ok {counts}";
    }

    public void Dispose()
    {
        foreach (Producer producer in _producers)
        {
            producer.Dispose();
        }
    }

    private static void Publish(Producer producer, int burst)
    {
        for (int i = 0; i < burst; i++)
        {
            producer.Pull(out WriteLease lease);
            FramePattern.Fill(lease.Span, producer.Published + 1);
            lease.Push(lease.Span.Length);
        }
    }
}
