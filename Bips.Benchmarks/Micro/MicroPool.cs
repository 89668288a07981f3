using System.Globalization;

namespace Bips.Benchmarks.Micro;

/// <summary>A pool with a producer and consumers in this process, all of them driven in turn by one thread.</summary>
internal sealed class MicroPool : IDisposable
{
    private static int s_count;

    /// <param name="policies">One consumer for each.</param>
    public MicroPool(params OverflowPolicy[] policies)
    {
        string name = string.Create(CultureInfo.InvariantCulture,
            $"bench-micro-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        Producer = Producer.Create(name, new PoolOptions
        {
            BufferSize = 1024,
            BufferCount = Math.Max(8, policies.Length + 8),
            History = 1,
            MaximumConsumers = Math.Max(16, policies.Length),
        });
        Consumers = [.. policies.Select(policy => Consumer.Open(name, new ConsumerOptions { Overflow = policy }))];
    }

    public Producer Producer { get; }

    public Consumer[] Consumers { get; }

    public void Dispose()
    {
        foreach (Consumer consumer in Consumers)
        {
            consumer.Dispose();
        }

        Producer.Dispose();
    }
}
