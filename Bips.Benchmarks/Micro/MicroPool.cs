using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Micro;

/// <summary>A pool with a producer and consumers in this process, all of them driven in turn by one thread.</summary>
internal sealed class MicroPool : IDisposable
{
    private const string Name = "micro";

    private readonly TrialDirectory _directory = TrialDirectory.Create();

    /// <param name="policies">One consumer for each.</param>
    public MicroPool(params OverflowPolicy[] policies)
    {
        Producer = Producer.Create(Name, new PoolOptions
        {
            BufferSize = 1024,
            BufferCount = Math.Max(8, policies.Length + 8),
            History = 1,
            MaximumConsumers = Math.Max(16, policies.Length),
            Directory = _directory.Path,
        });
        Consumers =
        [
            .. policies.Select(policy =>
                Consumer.Open(Name, new ConsumerOptions { Overflow = policy, Directory = _directory.Path })),
        ];
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
        _directory.Dispose();
    }
}
