using System.Globalization;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Foreign;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>What users ask: how it grows with sizes and numbers, and what others have to suffer from one in trouble.</summary>
internal sealed class QuestionsScenario : IScenario
{
    private const string Pool = "pool/Balanced/Block";
    private const int SmallFrame = 1024;
    private const int Buffers = 64;
    private const int LargeFrame = 3840 * 2160 * 4;
    private const int LargeBuffers = 4;
    private const int FrameRate = 60;

    private static readonly int[] s_sizes = [4, 1024, 64 * 1024, 1024 * 1024, 1920 * 1080 * 4, LargeFrame];
    private static readonly int[] s_buffers = [3, 4, 8, 64];
    private static readonly int[] s_history = [1, 8, 32];
    private static readonly int[] s_consumers = [1, 8, 32];

    public string Name => "questions";

    public string Description => "How it grows with frame size, buffers, history, consumers; other languages; consumers in trouble; joiners.";

    public IEnumerable<Figure> Run(TrialRunner runner) =>
    [
        .. Sizes(runner), .. SizeLatencies(runner), .. BuffersAndHistory(runner), .. Consumers(runner), .. Languages(runner), .. Troubles(runner),
        .. HugePages(runner), .. Joiners(runner),
    ];

    private IEnumerable<Figure> Sizes(TrialRunner runner)
    {
        string[] sections = [.. s_sizes.Select(size => $"{Pool}/size={Text(size)}")];
        Samples samples = Stream(runner, "frame sizes", new StreamPlan(SmallFrame, LargeBuffers, Sinks: 1, Touch.Ends), sections);
        for (int i = 0; i < sections.Length; i++)
        {
            yield return samples.Beside($"frames of {s_sizes[i]:N0} B, ends touched", "frames/s", $"{sections[i]}.rate", $"{sections[0]}.rate", "frames of 4 B");
            yield return samples.Beside($"frames of {s_sizes[i]:N0} B, processor time of the consumer", "%", $"{sections[i]}.sink0.cpu", $"{sections[0]}.sink0.cpu", "frames of 4 B");
        }
    }

    private IEnumerable<Figure> SizeLatencies(TrialRunner runner)
    {
        string[] sections = [$"pool-balanced/{SmallFrame}", $"pool-balanced/{LargeFrame}"];
        Samples samples = Pace(runner, "latency and frame size", sections, receivers: 1);
        yield return samples.Beside($"latency at {FrameRate} frames/s of {LargeFrame:N0} B, first line touched, p50", "ns",
            $"{sections[1]}.p50", $"{sections[0]}.p50", "frames of 1 KB");
    }

    private IEnumerable<Figure> BuffersAndHistory(TrialRunner runner)
    {
        string[] buffers = [.. s_buffers.Select(count => $"{Pool}/buffers={count}")];
        string[] histories = [.. s_history.Select(count => $"{Pool}/history={count}")];
        Samples samples = Stream(runner, "buffers and history", new StreamPlan(SmallFrame, Buffers, Sinks: 1, Touch.Ends), [.. buffers, .. histories]);
        foreach ((string section, int count) in buffers.Zip(s_buffers))
        {
            yield return samples.Beside($"{count} buffers of 1 KB", "frames/s", $"{section}.rate", $"{buffers[^1]}.rate", $"{s_buffers[^1]} buffers");
        }

        foreach ((string section, int count) in histories.Zip(s_history).Skip(1))
        {
            yield return samples.Beside($"history of {count}, {Buffers} buffers", "frames/s", $"{section}.rate", $"{histories[0]}.rate", "history of 1");
        }
    }

    private IEnumerable<Figure> Consumers(TrialRunner runner)
    {
        Samples[] all = [.. s_consumers.Select(count => Pace(runner, $"latency, {count} consumers", ["pool-balanced", "pool-sleep"], count))];
        foreach ((Samples samples, int count) in all.Zip(s_consumers))
        {
            yield return samples.Alone($"latency of the first of {count} consumers at {FrameRate} frames/s, Balanced, p50", "ns",
                samples.Of("pool-balanced.p50"));
            yield return samples.Alone($"processor time of the first of {count} consumers at {FrameRate} frames/s, Balanced", "%", samples.Of("pool-balanced.cpu"));
        }
    }

    private List<Figure> Languages(TrialRunner runner)
    {
        string directory = Directory.CreateTempSubdirectory("bips-sink-").FullName;
        try
        {
            return LanguagesWith(runner, Path.Combine(directory, "sink"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private List<Figure> LanguagesWith(TrialRunner runner, string program)
    {
        string? obstacleOfC = ForeignPrefix.ObstacleOfC ?? ForeignPrefix.Compile(program);
        Environment.SetEnvironmentVariable(ForeignPrefix.ProgramVariable, program);
        (string Key, string Name, string? Obstacle)[] languages =
            [("c", "C", obstacleOfC), ("python", "Python", ForeignPrefix.ObstacleOfPython)];
        string own = $"{Pool}/by=csharp";
        var plan = new StreamPlan(SmallFrame, Buffers, Sinks: 1, Touch.None);
        Samples samples = runner.Run(Name, new Trial
        {
            Name = "consumers in other languages",
            Sections = [own, .. languages.Where(language => language.Obstacle is null).Select(language => $"{Pool}/by={language.Key}")],
            Words = $"{plan.ToWords()} {runner.Settings.BriefTimes}",
            Processes = [Roles.Source, Roles.ForeignSink],
            MemoryLength = 0,
        });
        return
        [
            .. languages.Select(language => language.Obstacle is null
                ? samples.Beside($"C# producer, {language.Name} consumer, 1 KB untouched", "frames/s", $"{Pool}/by={language.Key}.rate",
                    $"{own}.rate", "C# consumer")
                : samples.Alone($"C# producer, no {language.Name} consumer, 1 KB untouched", "frames/s", samples.Of($"{own}.rate")) with
                {
                    LimitName = $"{language.Name} consumer: {language.Obstacle}",
                }),
        ];
    }

    private IEnumerable<Figure> Troubles(TrialRunner runner)
    {
        Trouble[] troubles = Enum.GetValues<Trouble>();
        var plan = new StreamPlan(SmallFrame, Buffers, Sinks: 2, Touch.Ends);
        Samples samples = runner.Run(Name, new Trial
        {
            Name = "a consumer in trouble",
            Sections = [.. troubles.Select(trouble => $"{Pool}/beside={trouble}")],
            Words = $"{plan.ToWords()} {runner.Settings.BriefTimes}",
            Processes = [Roles.Source, $"{Roles.Sink} sink=0", Roles.Troublemaker],
            MemoryLength = 0,
            IsPinned = runner.Settings.Processors.Count > 2,
        });
        return troubles.Skip(1).Select(trouble => samples.Beside($"1 KB stream (Block) with another consumer (DropOldest): {trouble}", "frames/s",
            $"{Pool}/beside={trouble}.rate", $"{Pool}/beside={Trouble.Nobody}.rate", "nobody beside it"));
    }

    private IEnumerable<Figure> HugePages(TrialRunner runner)
    {
        string? obstacle = null;
        try
        {
            using var directory = TrialDirectory.Create();
            using Producer producer = Producer.Create("huge",
                new PoolOptions { BufferSize = SmallFrame, HugePages = true, Directory = directory.Path });
        }
        catch (BipsException refusal)
        {
            obstacle = $"huge pages: not measured; {refusal.Message}";
        }

        Samples samples = Stream(runner, "huge pages", new StreamPlan(LargeFrame, LargeBuffers, Sinks: 1, Touch.All),
            obstacle is null ? [Pool, $"{Pool}/huge"] : [Pool]);
        yield return obstacle is null
            ? samples.Beside("4K RGBA in full, huge pages", "frames/s", $"{Pool}/huge.rate", $"{Pool}.rate", "ordinary pages")
            : samples.Alone("4K RGBA in full, ordinary pages", "frames/s", samples.Of($"{Pool}.rate")) with { LimitName = obstacle };
    }

    private IEnumerable<Figure> Joiners(TrialRunner runner)
    {
        Samples samples = runner.Run(Name, new Trial
        {
            Name = "joiners",
            Sections = ["prefault", "lazy"],
            Words = runner.Settings.BriefTimes,
            Processes = [Roles.Joiner],
            MemoryLength = 0,
        });
        yield return samples.Beside("first frame of a joiner, 8 buffers of 1080p, prefaulting, p50", "ns", "prefault-first.p50", "lazy-first.p50",
            "without prefaulting");
        yield return samples.Beside("reading a 1080p frame for the first time, prefaulted, p50", "ns", "prefault-cold.p50", "prefault-warm.p50",
            "for the second time");
        yield return samples.Beside("reading a 1080p frame for the first time, not prefaulted, p50", "ns", "lazy-cold.p50", "lazy-warm.p50",
            "for the second time");
    }

    private Samples Stream(TrialRunner runner, string name, StreamPlan plan, IReadOnlyList<string> sections) => runner.Run(Name, new Trial
    {
        Name = name,
        Sections = sections,
        Words = $"{plan.ToWords()} {runner.Settings.BriefTimes}",
        Processes = [Roles.Source, $"{Roles.Sink} sink=0"],
        MemoryLength = 0,
    });

    private Samples Pace(TrialRunner runner, string name, IReadOnlyList<string> sections, int receivers) => runner.Run(Name, new Trial
    {
        Name = name,
        Sections = sections,
        Words = $"rate={FrameRate} warm-frames={FrameRate / 4} frames={FrameRate * (runner.Settings.IsQuick ? 1 : 3)} receivers={receivers} idle=1",
        Processes = [Roles.PacedSender, .. Enumerable.Range(0, receivers).Select(receiver => $"{Roles.PacedReceiver} receiver={receiver}")],
        MemoryLength = 0,
        IsPinned = receivers < runner.Settings.Processors.Count,
    });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
