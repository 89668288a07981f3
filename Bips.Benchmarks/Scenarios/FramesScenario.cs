using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>Video frames that are written and read in full.</summary>
internal sealed class FramesScenario : IScenario
{
    private const int BytesPerPixel = 4;
    private const int Buffers = 4;

    public string Name => "frames";

    public string Description => "1080p and 4K frames, written and read in full by one and three consumers, beside plain memory.";

    public IEnumerable<Figure> Run(TrialRunner runner)
    {
        foreach ((string name, int pixels) in new[] { ("1080p", 1920 * 1080), ("4K", 3840 * 2160) })
        {
            foreach (int sinks in new[] { 1, 3 })
            {
                var plan = new StreamPlan(pixels * BytesPerPixel, Buffers, sinks, Touch.All);
                Samples streams = runner.Run(Name, new Trial
                {
                    Name = $"{name}, {sinks} consumers",
                    Sections = ["plain", "pool/Balanced/Block"],
                    Words = $"{plan.ToWords()} {runner.Settings.Times}",
                    Processes = [Roles.Source, .. Enumerable.Range(0, sinks).Select(sink => $"{Roles.Sink} sink={sink}")],
                    MemoryLength = plan.MemoryLength,
                    IsPinned = sinks < runner.Settings.Processors.Count,
                });
                yield return streams.Beside($"{name} RGBA, written and read in full, {sinks} consumer{(sinks == 1 ? "" : "s")}",
                    "frames/s", "pool/Balanced/Block.rate", "plain.rate", "the same work on plain memory", Target.AtLeast(0.95));
            }
        }
    }
}
