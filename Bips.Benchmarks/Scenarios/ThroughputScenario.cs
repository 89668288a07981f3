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
    private const int LargeBuffers = 8;
    private const string Spinning = "pool/Spin/Block";
    private const string Small = $"{Spinning}/size=4";
    private const string Large = $"{Spinning}/size=33177600";
    private const string Supplied = $"{Spinning}/supplied";
    private const string RingsWithClock = "ring/clock";
    private const string Rings = "buffer number through two index rings";

    public string Name => "throughput";

    public string Description =>
        "Frames per second to one consumer, beside buffer numbers through bare rings; and how it depends on size.";

    public IEnumerable<Figure> Run(TrialRunner runner)
    {
        Samples untouched = Stream(runner, "1 KB untouched", Touch.None, ["ring", RingsWithClock, Spinning, Supplied]);
        yield return untouched.Beside("1 KB frames, untouched, both spinning", "frames/s", $"{Spinning}.rate",
            "ring.rate", Rings,
            Target.AtLeast(0.3));
        yield return untouched.Beside("the same, beside rings that read the clock too", "frames/s", $"{Spinning}.rate",
            $"{RingsWithClock}.rate",
            $"{Rings}, the clock read for each");
        yield return untouched.Beside("the same, best 5 ms of each", "frames/s", $"{Spinning}.best",
            "ring.best", Rings);
        yield return untouched.Beside("1 KB frames, untouched, with a timestamp supplied", "frames/s",
            $"{Supplied}.rate", "ring.rate", Rings);
        yield return untouched.Beside("the same with a timestamp supplied, best 5 ms of each", "frames/s",
            $"{Supplied}.best", "ring.best", Rings);
        yield return untouched.Alone("bytes allocated by both sides meanwhile", "B",
            untouched.SumOf(Spinning, ".allocated"), Target.AtMost(0));
        Samples touched = Stream(runner, "1 KB, ends touched", Touch.Ends, ["ring", Spinning]);
        yield return touched.Beside("1 KB frames, first and last line touched", "frames/s", $"{Spinning}.rate",
            "ring.rate", Rings);

        Samples sizes = Sizes(runner);
        yield return sizes.Beside("33 MB frames, first and last line touched", "frames/s", $"{Large}.rate",
            $"{Small}.rate",
            "the same with 4 bytes", Target.AtLeast(0.9));

        Samples calls = runner.Run(Name, new Trial
        {
            Name = "one thread",
            Sections = ["ring", "pool", "pool-supplied"],
            Words = runner.Settings.Times,
            Processes = [Roles.OneThread],
            MemoryLength = OneThread.MemoryLength,
        });
        yield return calls.Alone("pull, push, pull and push on one thread", "ns", calls.Of("pool"), Target.AtMost(60));
        yield return calls.Alone("pull, push, pull and push on one thread, timestamp supplied", "ns",
            calls.Of("pool-supplied"), Target.AtMost(60));
        yield return calls.Beside("the same, beside rings", "ns", "pool-supplied", "ring",
            "a buffer number out through one ring and back through another");
    }

    private Samples Stream(TrialRunner runner, string name, Touch touch, string[] sections)
    {
        var plan = new StreamPlan(SmallFrame, SmallBuffers, Sinks: 1, touch);
        return runner.Run(Name, new Trial
        {
            Name = name,
            Sections = sections,
            Words = $"{plan.ToWords()} {runner.Settings.Times}",
            Processes = [Roles.Source, $"{Roles.Sink} sink=0"],
            MemoryLength = plan.MemoryLength,
        });
    }

    private Samples Sizes(TrialRunner runner)
    {
        var plan = new StreamPlan(FourBytes, LargeBuffers, Sinks: 1, Touch.Ends);
        return runner.Run(Name, new Trial
        {
            Name = "4 bytes and 33 MB",
            Sections = [Small, Large],
            Words = $"{plan.ToWords()} {runner.Settings.Times}",
            Processes = [Roles.Source, $"{Roles.Sink} sink=0"],
            MemoryLength = 0,
        });
    }
}
