using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>
/// Runs trials with every alternative that the machine has. Alternatives that every machine has share one trial. Each
/// one that had to be installed has a trial of its own: where it fails, the report says so and the run goes on.
/// </summary>
internal sealed class Comparison : IDisposable
{
    private static readonly IReadOnlyList<IReadOnlyList<Alternative>> s_groups =
        [.. Alternative.All.GroupBy(alternative => alternative.Package).Select(group => group.ToArray())];

    /// <summary>Chunks for a queue, for what subscribers hold, for what is being written, and as many again.</summary>
    private const int ChunksPerSize = 12;
    private const int ChunksOfSmallSizes = 200;
    private const int LargestSmallSize = 64 * 1024;

    /// <summary>
    /// The most bytes that a chunk needs besides its payload: the frame's length, and padding that starts the payload
    /// on a cache line.
    /// </summary>
    private const int ChunkOverhead = 2 * PayloadWork.LineLength;

    /// <summary>Sizes of chunks are multiples of this.</summary>
    private const int ChunkUnit = 8;

    private readonly TrialRunner _runner;
    private readonly RouDi? _daemon;
    private readonly string? _daemonObstacle;

    /// <param name="runner">Runs the trials.</param>
    /// <param name="plans">All streams that there will be.</param>
    public Comparison(TrialRunner runner, IEnumerable<StreamPlan> plans)
    {
        _runner = runner;
        _daemonObstacle = RouDi.Obstacle();
        if (_daemonObstacle is null)
        {
            try
            {
                _daemon = RouDi.Start([.. plans.Select(ChunkSize).Distinct().Order()
                    .Select(size => (size, size > LargestSmallSize ? ChunksPerSize : ChunksOfSmallSizes))]);
            }
            catch (InvalidOperationException failure)
            {
                _daemonObstacle = $"not measured; {failure.Message}";
            }
        }
    }

    /// <summary>Runs a trial once for each group of alternatives, whose sections follow those of the trial.</summary>
    public IEnumerable<Outcome> Run(string scenario, Trial trial)
    {
        Samples? last = null;
        foreach (IReadOnlyList<Alternative> group in s_groups)
        {
            string? obstacle = ObstacleOf(group[0]);
            if (obstacle is null)
            {
                try
                {
                    last = _runner.Run(scenario, trial with
                    {
                        Name = $"{trial.Name}, {group[0].Package}",
                        Sections = [.. trial.Sections, .. group.Select(alternative => alternative.Key)],
                    });
                }
                catch (InvalidOperationException failure) when (last is not null)
                {
                    obstacle = $"failed; {failure.Message}";
                }
            }

            foreach (Alternative alternative in group)
            {
                yield return new Outcome(alternative, last!, obstacle);
            }
        }
    }

    public void Dispose() => _daemon?.Dispose();

    private static int ChunkSize(StreamPlan plan) =>
        (plan.FrameSize + ChunkOverhead + ChunkUnit - 1) / ChunkUnit * ChunkUnit;

    private string? ObstacleOf(Alternative alternative) =>
        alternative.Package == Package.Iceoryx ? _daemonObstacle : alternative.Obstacle;
}
