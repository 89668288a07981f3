using System.Globalization;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Report.Facts;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>
/// What users ask: how costs grow with sizes and numbers, and what one consumer in trouble costs the others.
/// </summary>
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

    public string Description =>
        "How it grows with frame size, buffers, history, consumers; other languages; consumers in trouble; joiners.";

    public IEnumerable<Figure> Run(TrialRunner runner) =>
    [
        .. Sizes(runner), .. SizeLatencies(runner), .. BuffersAndHistory(runner), .. Consumers(runner),
        .. LanguageQuestions.Run(runner, Name),
        .. Troubles(runner), .. HugePages(runner), .. Joiners(runner),
    ];

    private IEnumerable<Figure> Sizes(TrialRunner runner)
    {
        string[] sections = [.. s_sizes.Select(size => $"{Pool}/size={Text(size)}")];
        Samples samples = Stream(runner, "frame sizes",
            new StreamPlan(SmallFrame, LargeBuffers, Sinks: 1, Touch.Ends), sections);
        for (int i = 0; i < sections.Length; i++)
        {
            yield return OfSize(s_sizes[i],
                samples.Beside($"frames of {s_sizes[i]:N0} B, ends touched", "frames/s", $"{sections[i]}.rate",
                $"{sections[0]}.rate", "frames of 4 B"), Pool + ".rate");
            yield return samples.Beside($"frames of {s_sizes[i]:N0} B, processor time of the consumer", "%",
                $"{sections[i]}.sink0.cpu", $"{sections[0]}.sink0.cpu", "frames of 4 B");
        }
    }

    private IEnumerable<Figure> SizeLatencies(TrialRunner runner)
    {
        int[] sizes = [PayloadWork.LineLength, .. s_sizes.Where(size => size > PayloadWork.LineLength)];
        string[] sections = [.. sizes.Select(size => $"pool-balanced/{Text(size)}")];
        Samples samples = Pace(runner, "latency and frame size", sections, receivers: 1);
        string limit = $"buffers of {sizes[0]} B";
        foreach ((string section, int size) in sections.Zip(sizes).Skip(1))
        {
            yield return OfSize(size,
                samples.Beside($"latency at {FrameRate} frames/s, buffers of {size:N0} B, first line touched, p50",
                    "ns",
                $"{section}.p50", $"{sections[0]}.p50", limit), "pool-balanced.p50");
            yield return samples.Beside(
                $"processor time at {FrameRate} frames/s, buffers of {size:N0} B, first line touched", "%",
                $"{section}.cpu", $"{sections[0]}.cpu", limit);
        }
    }

    private IEnumerable<Figure> BuffersAndHistory(TrialRunner runner)
    {
        string[] buffers = [.. s_buffers.Select(count => $"{Pool}/buffers={count}")];
        string[] histories = [.. s_history.Select(count => $"{Pool}/history={count}")];
        Samples samples = Stream(runner, "buffers and history",
            new StreamPlan(SmallFrame, Buffers, Sinks: 1, Touch.Ends), [.. buffers, .. histories]);
        foreach ((string section, int count) in buffers.Zip(s_buffers))
        {
            yield return samples.Beside($"{count} buffers of 1 KB", "frames/s", $"{section}.rate",
                $"{buffers[^1]}.rate", $"{s_buffers[^1]} buffers");
        }

        foreach ((string section, int count) in histories.Zip(s_history).Skip(1))
        {
            yield return samples.Beside($"history of {count}, {Buffers} buffers", "frames/s", $"{section}.rate",
                $"{histories[0]}.rate", "history of 1");
        }
    }

    private IEnumerable<Figure> Consumers(TrialRunner runner)
    {
        OverflowKind[] policies = Enum.GetValues<OverflowKind>();
        string[] sections = [.. policies.Select(policy => $"pool-balanced/{Text(SmallFrame)}/{policy}")];
        foreach (int count in s_consumers)
        {
            Samples samples = Pace(runner, $"latency, {count} consumers", sections, count);
            foreach ((string section, OverflowKind policy) in sections.Zip(policies))
            {
                string of =
                    $"of {(count == 1 ? "the only consumer" : $"the first of {count} consumers")} ({policy}) at " +
                    $"{FrameRate} frames/s";
                yield return samples.Alone($"latency {of}, p50", "ns", samples.Of($"{section}.p50"));
                yield return samples.Alone($"processor time {of}", "%", samples.Of($"{section}.cpu"));
            }
        }
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
        return troubles.Skip(1).Select(trouble =>
            samples.Beside($"1 KB stream (Block) with another consumer (DropOldest): {trouble}", "frames/s",
            $"{Pool}/beside={trouble}.rate", $"{Pool}/beside={Trouble.Nobody}.rate", "nobody beside it"));
    }

    private IEnumerable<Figure> HugePages(TrialRunner runner)
    {
        string? obstacle = ObstacleOfHugePages();
        Samples samples = Stream(runner, "huge pages", new StreamPlan(LargeFrame, LargeBuffers, Sinks: 1, Touch.All),
            obstacle is null ? [Pool, $"{Pool}/huge"] : [Pool]);
        yield return obstacle is null
            ? samples.Beside("4K RGBA in full, huge pages", "frames/s", $"{Pool}/huge.rate", $"{Pool}.rate",
                "ordinary pages")
            : samples.Alone("4K RGBA in full, ordinary pages", "frames/s", samples.Of($"{Pool}.rate")) with
            {
                LimitName = obstacle,
            };
    }

    /// <summary>Why a pool of that size cannot have huge pages; null where it can.</summary>
    private static string? ObstacleOfHugePages()
    {
        try
        {
            using var directory = TrialDirectory.Create();
            using Producer producer = Producer.Create("huge",
                new PoolOptions
                {
                    BufferSize = LargeFrame,
                    BufferCount = LargeBuffers,
                    HugePages = true,
                    Directory = directory.Path,
                });
            return null;
        }
        catch (BipsException refusal)
        {
            string allowed = new SystemFiles().FirstLine("/sys/kernel/mm/transparent_hugepage/shmem_enabled")
                ?? "no transparent huge pages";
            return $"huge pages: not measured; {refusal.Message} The kernel's setting for shared memory: {allowed}";
        }
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
        yield return samples.Beside("first frame of a joiner, 8 buffers of 1080p, prefaulting, p50", "ns",
            "prefault-first.p50", "lazy-first.p50",
            "without prefaulting");
        yield return samples.Beside("reading a 1080p frame for the first time, prefaulted, p50", "ns",
            "prefault-cold.p50", "prefault-warm.p50",
            "for the second time");
        yield return samples.Beside("reading a 1080p frame for the first time, not prefaulted, p50", "ns",
            "lazy-cold.p50", "lazy-warm.p50",
            "for the second time");
    }

    /// <summary>
    /// Defines a figure so that it differs from its neighbours in the size alone; they are then drawn as a line.
    /// </summary>
    private static Figure OfSize(int size, Figure figure, string key) => figure with
    {
        Definition = new Dictionary<string, string>(figure.Definition, StringComparer.Ordinal)
        {
            ["size"] = Text(size),
            ["bips"] = key,
        },
    };

    private Samples Stream(TrialRunner runner, string name, StreamPlan plan, IReadOnlyList<string> sections) =>
        runner.Run(Name, new Trial
        {
            Name = name,
            Sections = sections,
            Words = $"{plan.ToWords()} {runner.Settings.BriefTimes}",
            Processes = [Roles.Source, $"{Roles.Sink} sink=0"],
            MemoryLength = 0,
        });

    private Samples Pace(TrialRunner runner, string name, IReadOnlyList<string> sections, int receivers) =>
        runner.Run(Name, new Trial
        {
            Name = name,
            Sections = sections,
            Words =
            $"rate={FrameRate} warm-frames={FrameRate / 4} frames={FrameRate * (runner.Settings.IsQuick ? 1 : 3)} " +
            $"receivers={receivers} idle=1",
            Processes = [Roles.PacedSender, .. Enumerable.Range(0, receivers)
            .Select(receiver => $"{Roles.PacedReceiver} receiver={receiver}")],
            MemoryLength = 0,
            IsPinned = receivers < runner.Settings.Processors.Count,
        });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
