using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>Video frames that are written and read in full.</summary>
internal sealed class FramesScenario : IScenario
{
    private const int BytesPerPixel = 4;
    private const int Buffers = 4;
    private const string Spinning = "pool/Spin/Block";
    private const string Pool = "pool/Balanced/Block";

    private const string Plain = "the same work on plain memory, spinning";

    /// <summary>The ways to copy that can be the fastest; <c>alternatives</c> has the others, too.</summary>
    private static readonly string[] s_copying = ["socket", "pipe", "mapped"];

    public string Name => "frames";

    public string Description =>
        "1080p and 4K frames, written and read in full by one and three consumers, beside plain memory and copying.";

    public IEnumerable<Figure> Run(TrialRunner runner)
    {
        foreach ((string name, int pixels) in new[] { ("1080p", 1920 * 1080), ("4K", 3840 * 2160) })
        {
            foreach (int sinks in new[] { 1, 3 })
            {
                string title = $"{name} RGBA, written and read in full, {sinks} consumer{(sinks == 1 ? "" : "s")}";
                var plan = new StreamPlan(pixels * BytesPerPixel, Buffers, sinks, Touch.All);
                bool hasProcessors = plan.Sinks < runner.Settings.Processors.Count;
                Samples streams = Stream(runner, title, plan, hasProcessors);
                if (hasProcessors)
                {
                    yield return streams.Beside($"{title}, spinning", "frames/s", $"{Spinning}.rate", "plain.rate",
                        Plain, Target.AtLeast(0.95));
                }

                yield return streams.Beside(title, "frames/s", $"{Pool}.rate", "plain.rate", Plain,
                    Target.AtLeast(0.95));
                yield return streams.Beside($"{title}, beside copying", "frames/s", $"{Pool}.rate", "copying.rate",
                    $"the best that copies: {streams.Winner("copying", s_copying, "rate")}", Target.AtLeast(1.5));
            }
        }
    }

    /// <param name="runner">Runs it.</param>
    /// <param name="title">Its name.</param>
    /// <param name="plan">The frames.</param>
    /// <param name="hasProcessors">
    /// Whether there is a processor for each process: then each is pinned, and may spin.
    /// </param>
    private Samples Stream(TrialRunner runner, string title, StreamPlan plan, bool hasProcessors)
    {
        string[] pools = hasProcessors ? [Spinning, Pool] : [Pool];
        Samples samples = runner.Run(Name, new Trial
        {
            Name = title,
            Sections = ["plain", .. pools, .. s_copying],
            Words = $"{plan.ToWords()} {runner.Settings.BriefTimes}",
            Processes = [Roles.Source, .. Enumerable.Range(0, plan.Sinks).Select(sink => $"{Roles.Sink} sink={sink}")],
            MemoryLength = plan.MemoryLength,
            IsPinned = hasProcessors,
        });
        return samples.WithBest("copying", s_copying, "rate", isLargest: true);
    }
}
