using Bips.Benchmarks.Harness;
using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>One process of a trial: its orders, its meetings with the other processes, and its findings.</summary>
internal sealed unsafe class Station : IDisposable
{
    /// <summary>Bytes at the beginning of the shared block that belong to the harness.</summary>
    public const int ControlLength = 4096;

    /// <summary>
    /// Before it counts, caches fill and the processes fall into step; the code has been compiled earlier.
    /// </summary>
    private static readonly TimeSpan s_settling = TimeSpan.FromMilliseconds(15);

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

    /// <summary>What this process found out.</summary>
    public Ledger Ledger { get; } = new();

    /// <summary>
    /// What is done one after the other, in each process of the trial at the same time. Sections alternate in short
    /// rounds, so that other work of the machine disturbs all of them alike.
    /// </summary>
    public IEnumerable<Turn> Turns
    {
        get
        {
            string[] sections = Words.Text("sections").Split(',');
            return sections.Select(section => new Turn(section, IsWarmUp: true))
                .Concat(Enumerable.Range(0, Rounds)
                    .SelectMany(_ => sections.Select(section => new Turn(section, IsWarmUp: false))));
        }
    }

    /// <summary>How often each section is measured.</summary>
    public int Rounds => Words.Number("rounds");

    /// <summary>How long a turn runs before anything of it counts.</summary>
    public TimeSpan UncountedTime(Turn turn) => turn.IsWarmUp ? Words.Milliseconds("warm") : s_settling;

    /// <summary>How long a turn is then measured.</summary>
    public TimeSpan CountedTime(Turn turn) => turn.IsWarmUp ? TimeSpan.Zero : Words.Milliseconds("run") / Rounds;

    /// <summary>Plain memory that all processes of the trial share.</summary>
    public byte* Memory => _block.Address + ControlLength;

    /// <summary>Waits until all processes of the trial have come here.</summary>
    public void Meet() => _rendezvous.Meet();

    /// <summary>Reports everything that was found out to the process that started the trial.</summary>
    public void Report()
    {
        foreach ((string name, double value) in Ledger.Entries())
        {
            Console.WriteLine(FormattableString.Invariant($"{name} {value:R}"));
        }
    }

    /// <summary>Makes a pool in the trial's directory.</summary>
    public Producer CreatePool(string name, int frameSize, int buffers, int consumers, WaitMode mode, int history = 1,
        bool hugePages = false) =>
        Producer.Create(name, new PoolOptions
        {
            BufferSize = frameSize,
            BufferCount = buffers,
            MaximumConsumers = consumers,
            History = history,
            HugePages = hugePages,
            WaitMode = mode,
            OnEviction = eviction => Console.Error.WriteLine($"lane {eviction.Lane} was evicted: {eviction.Detail}"),
            Directory = Directory,
        });

    /// <summary>Attaches to a pool in the trial's directory.</summary>
    public Consumer OpenPool(string name, WaitMode mode, OverflowPolicy policy) =>
        Consumer.Open(name, new ConsumerOptions { WaitMode = mode, Overflow = policy, Directory = Directory });

    public void Dispose() => _block.Dispose();
}
