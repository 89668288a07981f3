namespace Bips.Tests.Actor;

/// <summary>Consumers of many pools that take nothing.</summary>
internal sealed class Idlers : IDisposable
{
    private readonly Consumer[] _consumers;

    /// <summary>Attaches one to each of <c>count</c> pools.</summary>
    public Idlers(Arguments arguments) => _consumers =
        [.. Enumerable.Range(0, arguments.Number("count", 1))
            .Select(i => Consumer.Open($"{arguments.Text("name")}-{i}"))];

    public void Dispose()
    {
        foreach (Consumer consumer in _consumers)
        {
            consumer.Dispose();
        }
    }
}
