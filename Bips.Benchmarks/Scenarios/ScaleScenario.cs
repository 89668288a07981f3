using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>What more consumers cost, for each overflow policy.</summary>
internal sealed class ScaleScenario : IScenario
{
    private const int FrameSize = 1024;

    /// <summary>Enough for 32 consumers that may lose frames and hold one each.</summary>
    private const int Buffers = 64;

    public string Name => "scale";

    public string Description => "Cost of a push, and rate, with 1 to 32 consumers of each policy.";

    public IEnumerable<Figure> Run(TrialRunner runner)
    {
        Samples pushes = runner.Run(Name, new Trial
        {
            Name = "cost of a push",
            Sections = ["1", "8", "32"],
            Words = runner.Settings.Times,
            Processes = [Roles.FanOut],
            MemoryLength = 0,
        });
        yield return pushes.Alone("producer's pull and push, 1 DropOldest consumer that keeps up", "ns",
            pushes.Of("push/1"));
        yield return pushes.Beside("the same with 8 consumers", "ns", "push/8", "push/1", "with 1 consumer",
            Target.AtMost(2));
        yield return pushes.Beside("the same with 32 consumers", "ns", "push/32", "push/1", "with 1 consumer",
            Target.AtMost(5));

        string[] policies = [.. Enum.GetValues<OverflowKind>().Select(kind => $"pool/Balanced/{kind}")];
        foreach (int sinks in runner.Settings.IsQuick ? [1, 8, 32] : new[] { 1, 2, 4, 8, 16, 32 })
        {
            var plan = new StreamPlan(FrameSize, Buffers, sinks, Touch.None);
            Samples streams = runner.Run(Name, new Trial
            {
                Name = $"{sinks} consumer processes",
                Sections = ["plain", .. policies],
                Words = $"{plan.ToWords()} {runner.Settings.BriefTimes}",
                Processes = [Roles.Source, .. Enumerable.Range(0, sinks).Select(sink => $"{Roles.Sink} sink={sink}")],
                MemoryLength = plan.MemoryLength,
                IsPinned = sinks < runner.Settings.Processors.Count,
            });
            foreach (string policy in policies)
            {
                yield return streams.Beside($"{sinks} consumers, {policy["pool/Balanced/".Length..]}, 1 KB untouched",
                    "frames/s sent",
                    $"{policy}.rate", "plain.rate", "counters in plain memory, nothing lost");
            }
        }
    }
}
