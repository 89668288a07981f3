using Bips.Benchmarks.Alternatives;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>What a user would pick instead, doing the same work between the same processes.</summary>
internal sealed class AlternativesScenario : IScenario
{
    private const string Pool = "pool/Balanced/Block";
    private const string SpinningPool = "pool/Spin/Block";
    private const string PacedPool = "pool-balanced";
    private const string SpinningPacedPool = "pool-spin";
    private const int Rate = 1_000;
    private const int PacedBuffers = 64;

    private static readonly (string Name, StreamPlan Plan)[] s_contents =
    [
        ("4 bytes", new StreamPlan(4, Buffers: 64, Sinks: 1, Touch.Ends)),
        ("1 KB, all of it", new StreamPlan(1024, Buffers: 64, Sinks: 1, Touch.All)),
        ("1080p RGBA, all of it", new StreamPlan(1920 * 1080 * 4, Buffers: 4, Sinks: 1, Touch.All)),
        ("4K RGBA, all of it", new StreamPlan(3840 * 2160 * 4, Buffers: 4, Sinks: 1, Touch.All)),
    ];

    private static readonly StreamPlan s_line = new(PayloadWork.LineLength, PacedBuffers, Sinks: 1, Touch.All);

    public string Name => "alternatives";

    public string Description =>
        "Sockets, pipes, pipelines, a mapped file, ZeroMQ, GStreamer and iceoryx doing the same work as Bips.";

    public IEnumerable<Figure> Run(TrialRunner runner)
    {
        using var comparison = new Comparison(runner, s_contents.Select(content => content.Plan).Append(s_line));
        foreach ((string name, StreamPlan plan) in s_contents)
        {
            foreach (Outcome outcome in comparison.Run(Name, StreamOf(runner, name, plan)))
            {
                yield return outcome.ToFigure(name, "frames/s", outcome.Alternative.Polls
                    ? SpinningPool
                    : Pool, "rate");
            }
        }

        foreach (Outcome outcome in comparison.Run(Name, PacedOf(runner)))
        {
            string pool = outcome.Alternative.Polls ? SpinningPacedPool : PacedPool;
            yield return outcome.ToFigure($"a line at {Rate:N0} frames/s, from when it was due, p50", "ns",
                pool, "p50");
            yield return outcome.ToFigure($"a line at {Rate:N0} frames/s, from when it was due, p99", "ns",
                pool, "p99");
        }
    }

    private static Trial StreamOf(TrialRunner runner, string name, StreamPlan plan) => new()
    {
        Name = name,
        Sections = [Pool, SpinningPool],
        Words = $"{plan.ToWords()} {runner.Settings.BriefTimes}",
        Processes = [Roles.Source, $"{Roles.Sink} sink=0"],
        MemoryLength = plan.MemoryLength,
    };

    private static Trial PacedOf(TrialRunner runner) => new()
    {
        Name = $"{Rate:N0} frames/s",
        Sections = [PacedPool, SpinningPacedPool],
        Words = $"rate={Rate} warm-frames={Rate / 4} frames={Rate / (runner.Settings.IsQuick ? 2 : 1)} idle=1",
        Processes = [Roles.PacedSender, Roles.PacedReceiver],
        MemoryLength = Math.Max(Paced.MemoryLength, s_line.MemoryLength),
    };
}
