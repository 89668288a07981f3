using System.Globalization;
using Bips.Benchmarks.Harness;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>One process of a trial: what it was told, where it meets the others, what it found out.</summary>
internal sealed unsafe class Station : IDisposable
{
    /// <summary>Bytes at the beginning of the shared block that belong to the harness.</summary>
    public const int ControlLength = 4096;

    private readonly SharedBlock _block;
    private readonly Rendezvous _rendezvous;

    public Station(Words words)
    {
        Words = words;
        Directory = words.Text("directory");
        int cpu = words.Number("cpu");
        if (cpu >= 0)
        {
            Processors.Pin(cpu);
        }

        _block = SharedBlock.Open(Path.Combine(Directory, "block"));
        _rendezvous = new Rendezvous((uint*)_block.Address, words.Number("parties"));
    }

    public Words Words { get; }

    /// <summary>Where the trial's pools are.</summary>
    public string Directory { get; }

    /// <summary>What is measured one after the other, in each process of the trial at the same time.</summary>
    public IEnumerable<string> Sections => Words.Text("sections").Split(',');

    /// <summary>Plain memory that all processes of the trial share.</summary>
    public byte* Memory => _block.Address + ControlLength;

    /// <summary>Waits until all processes of the trial have come here.</summary>
    public void Meet() => _rendezvous.Meet();

    /// <summary>Reports one number to the process that started the trial.</summary>
    public static void Report(string name, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value:R}"));

    /// <summary>Reports the percentiles of what was recorded.</summary>
    /// <param name="section">What was measured.</param>
    /// <param name="histogram">Times.</param>
    /// <param name="divisor">Two for round trips of which one way is wanted.</param>
    public static void Report(string section, Histogram histogram, double divisor)
    {
        foreach (double percent in Percentiles)
        {
            Report(string.Create(CultureInfo.InvariantCulture, $"{section}.p{percent}"), histogram.Percentile(percent) / divisor);
        }

        foreach (double percentile in Distribution.Points.Where(point => Distribution.IsKnown(point, histogram.Count)))
        {
            Report(Distribution.KeyOf(section, percentile), histogram.Percentile(percentile) / divisor);
        }

        Report($"{section}.max", histogram.Maximum / divisor);
        Report($"{section}.count", histogram.Count);
    }

    /// <summary>The percentiles that are reported.</summary>
    public static IReadOnlyList<double> Percentiles { get; } = [50, 90, 99, 99.9];

    /// <summary>Makes a pool in the trial's directory.</summary>
    public Producer CreatePool(string name, int frameSize, int buffers, int consumers, WaitMode mode) =>
        Producer.Create(name, new PoolOptions
        {
            BufferSize = frameSize,
            BufferCount = buffers,
            MaximumConsumers = consumers,
            WaitMode = mode,
            OnEviction = eviction => Console.Error.WriteLine($"lane {eviction.Lane} was evicted: {eviction.Detail}"),
            Directory = Directory,
        });

    /// <summary>Attaches to a pool in the trial's directory.</summary>
    public Consumer OpenPool(string name, WaitMode mode, OverflowPolicy policy) =>
        Consumer.Open(name, new ConsumerOptions { WaitMode = mode, Overflow = policy, Directory = Directory });

    public void Dispose() => _block.Dispose();
}
