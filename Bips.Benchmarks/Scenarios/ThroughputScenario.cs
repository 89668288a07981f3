using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>Rate of a stream to one consumer.</summary>
internal sealed class ThroughputScenario : IScenario
{
    private const int SmallFrame = 1024;
    private const int SmallBuffers = 64;
    private const int FourBytes = 4;
    private const int LargeFrame = 3840 * 2160 * 4;
    private const int LargeBuffers = 8;
    private const string Spinning = "pool/Spin/Block";
    private const string Supplied = $"{Spinning}/supplied";
    private const string Rings = "buffer number through two index rings";

    public string Name => "throughput";

    public string Description => "Frames per second to one consumer, beside buffer numbers through bare rings; and how it depends on size.";

    public IEnumerable<Figure> Run(TrialRunner runner)
    {
        Samples untouched = Stream(runner, "1 KB untouched", SmallFrame, SmallBuffers, Touch.None, withRings: true);
        yield return untouched.Beside("1 KB frames, untouched, both spinning", "frames/s", $"{Spinning}.rate", "ring.rate", Rings,
            Target.AtLeast(0.3));
        yield return untouched.Beside("the same, best 5 ms of each", "frames/s", $"{Spinning}.best", "ring.best", Rings);
        yield return untouched.Beside("the same with a timestamp supplied", "frames/s", $"{Supplied}.rate", "ring.rate", Rings);
        yield return untouched.Beside("the same, best 5 ms of each", "frames/s", $"{Supplied}.best", "ring.best", Rings);
        yield return untouched.Alone("bytes allocated by both sides meanwhile", "B",
            untouched.SumOf(Spinning, ".allocated"), Target.AtMost(0));
        Samples touched = Stream(runner, "1 KB, ends touched", SmallFrame, SmallBuffers, Touch.Ends, withRings: true);
        yield return touched.Beside("1 KB frames, first and last line touched", "frames/s", $"{Spinning}.rate", "ring.rate", Rings);

        Samples sizes = MergeSizes(
            Stream(runner, "4 bytes", FourBytes, LargeBuffers, Touch.Ends, withRings: false),
            Stream(runner, "33 MB", LargeFrame, LargeBuffers, Touch.Ends, withRings: false), runner.Settings.Repetitions);
        yield return sizes.Beside("33 MB frames, first and last line touched", "frames/s", "large", "small", "the same with 4 bytes",
            Target.AtLeast(0.9));
    }

    private Samples Stream(TrialRunner runner, string name, int size, int buffers, Touch touch, bool withRings)
    {
        var plan = new StreamPlan(size, buffers, Sinks: 1, touch);
        return runner.Run(Name, new Trial
        {
            Name = name,
            Sections = withRings ? ["ring", Spinning, Supplied] : [Spinning],
            Words = $"{plan.ToWords()} {runner.Settings.Times}",
            Processes = [Roles.Source, $"{Roles.Sink} sink=0"],
            MemoryLength = withRings ? plan.MemoryLength : 0,
        });
    }

    /// <summary>Repetition n of one size beside repetition n of the other.</summary>
    private Samples MergeSizes(Samples small, Samples large, int repetitions)
    {
        var merged = new Samples(Name);
        for (int i = 0; i < repetitions; i++)
        {
            merged.Add(new Dictionary<string, double>(StringComparer.Ordinal)
            {
                ["small"] = small[i, $"{Spinning}.rate"],
                ["large"] = large[i, $"{Spinning}.rate"],
            });
        }

        return merged;
    }
}
