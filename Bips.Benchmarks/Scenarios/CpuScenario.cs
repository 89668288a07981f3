using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>What waiting costs in processor time, and what sleeping costs in rate.</summary>
internal sealed class CpuScenario : IScenario
{
    private const int Rate = 60;
    private const int FrameSize = 1024;
    private const int Buffers = 64;

    public string Name => "cpu";

    public string Description =>
        "Processor time of a consumer at 60 frames/s for each way of waiting, and rate of a saturated stream.";

    public IEnumerable<Figure> Run(TrialRunner runner)
    {
        int seconds = runner.Settings.IsQuick ? 2 : 5;
        Samples waiting = runner.Run(Name, new Trial
        {
            Name = $"{Rate} frames/s",
            Sections = ["raw-futex", "pool-sleep", "pool-balanced", "pool-spin"],
            Words = $"rate={Rate} warm-frames={Rate / 2} frames={Rate * seconds}",
            Processes = [Roles.PacedSender, Roles.PacedReceiver],
            MemoryLength = Paced.MemoryLength,
        });
        yield return waiting.Beside("processor time at 60 frames/s, Sleep", "%", "pool-sleep.cpu", "raw-futex.cpu",
            "futex wait alone");
        yield return waiting.Beside("processor time at 60 frames/s, Balanced", "%", "pool-balanced.cpu",
            "pool-sleep.cpu", "Sleep",
            Target.AtMost(1.3));
        yield return waiting.Beside("processor time at 60 frames/s, Spin", "%", "pool-spin.cpu",
            "pool-sleep.cpu", "Sleep");

        var plan = new StreamPlan(FrameSize, Buffers, Sinks: 1, Touch.None);
        Samples saturated = runner.Run(Name, new Trial
        {
            Name = "saturated stream",
            Sections = ["pool/Spin/Block", "pool/Balanced/Block", "pool/Sleep/Block"],
            Words = $"{plan.ToWords()} {runner.Settings.Times}",
            Processes = [Roles.Source, $"{Roles.Sink} sink=0"],
            MemoryLength = 0,
        });
        yield return saturated.Beside("saturated stream, Balanced", "frames/s", "pool/Balanced/Block.rate",
            "pool/Spin/Block.rate", "Spin",
            Target.AtLeast(0.9));
        yield return saturated.Beside("saturated stream, Sleep", "frames/s", "pool/Sleep/Block.rate",
            "pool/Spin/Block.rate", "Spin");
    }
}
