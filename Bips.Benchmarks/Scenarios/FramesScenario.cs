using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>Video frames that are written and read in full.</summary>
internal sealed class FramesScenario : IScenario
{
    private const int BytesPerPixel = 4;
    private const int Buffers = 4;
    private const string Pool = "pool/Balanced/Block";

    /// <summary>The ways to copy that can be the fastest; <c>alternatives</c> has the others, too.</summary>
    private static readonly string[] s_copying = ["socket", "pipe", "mapped"];

    public string Name => "frames";

    public string Description => "1080p and 4K frames, written and read in full by one and three consumers, beside plain memory and copying.";

    public IEnumerable<Figure> Run(TrialRunner runner)
    {
        foreach ((string name, int pixels) in new[] { ("1080p", 1920 * 1080), ("4K", 3840 * 2160) })
        {
            foreach (int sinks in new[] { 1, 3 })
            {
                string title = $"{name} RGBA, written and read in full, {sinks} consumer{(sinks == 1 ? "" : "s")}";
                Samples streams = Stream(runner, title, new StreamPlan(pixels * BytesPerPixel, Buffers, sinks, Touch.All));
                yield return streams.Beside(title, "frames/s", $"{Pool}.rate", "plain.rate", "the same work on plain memory",
                    Target.AtLeast(0.95));
                yield return streams.Beside($"{title}, beside copying", "frames/s", $"{Pool}.rate", "copying.rate",
                    $"the best that copies: {streams.Winner("copying", s_copying, "rate")}", Target.AtLeast(1.5));
            }
        }
    }

    private Samples Stream(TrialRunner runner, string title, StreamPlan plan)
    {
        Samples samples = runner.Run(Name, new Trial
        {
            Name = title,
            Sections = ["plain", Pool, .. s_copying],
            Words = $"{plan.ToWords()} {runner.Settings.BriefTimes}",
            Processes = [Roles.Source, .. Enumerable.Range(0, plan.Sinks).Select(sink => $"{Roles.Sink} sink={sink}")],
            MemoryLength = plan.MemoryLength,
            IsPinned = plan.Sinks < runner.Settings.Processors.Count,
        });
        return samples.WithBest("copying", s_copying, "rate", isLargest: true);
    }
}
