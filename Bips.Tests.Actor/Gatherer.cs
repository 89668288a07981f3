namespace Bips.Tests.Actor;

/// <summary>
/// Many asynchronous consumers of several pools in one process; each checks every frame until its stream ends.
/// </summary>
internal sealed class Gatherer : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly List<Consumer> _consumers = [];
    private readonly List<Task<ulong>> _readers = [];

    /// <summary>Opens <c>each</c> consumers of each of <c>pools</c> pools, and has them wait.</summary>
    public Gatherer(Arguments arguments)
    {
        for (int i = 0; i < arguments.Number("pools", 1) * arguments.Number("each", 1); i++)
        {
            _consumers.Add(Consumer.Open($"{arguments.Text("name")}-{i / arguments.Number("each", 1)}"));
        }

        _readers.AddRange(_consumers.Select(ReadAsync));
    }

    /// <returns>How many frames each consumer got, all in order and intact.</returns>
    public string Result() => Task.WaitAll([.. _readers], s_patience)
        ? $"ok {string.Join(',', _readers.Select(reader => reader.Result))}"
        : "error not every stream ended";

    public void Dispose()
    {
        foreach (Consumer consumer in _consumers)
        {
            consumer.Dispose();
        }
    }

    private static async Task<ulong> ReadAsync(Consumer consumer)
    {
        ulong count = 0;
        await foreach (StoredReadLease frame in consumer.ReadAllAsync().ConfigureAwait(false))
        {
            using (frame)
            {
                if (frame.Sequence != ++count || !FramePattern.Matches(frame.Memory.Span, count))
                {
                    throw new InvalidOperationException(
                        $"frame {frame.Sequence} where {count} is expected, or not intact");
                }
            }
        }

        return count;
    }
}
