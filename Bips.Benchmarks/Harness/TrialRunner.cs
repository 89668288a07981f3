using System.Globalization;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Harness;

/// <summary>Repeats trials with new processes each time and collects what they report.</summary>
internal sealed class TrialRunner(RunSettings settings, TextWriter progress)
{
    public RunSettings Settings { get; } = settings;

    /// <param name="scenario">Which sub-command asks.</param>
    /// <param name="trial">What to do.</param>
    public Samples Run(string scenario, Trial trial)
    {
        var samples = new Samples(scenario, trial.Definition());
        for (int i = 1; i <= Settings.Repetitions; i++)
        {
            progress.WriteLine($"  {scenario}: {trial.Name}, repetition {i} of {Settings.Repetitions}");
            samples.Add(RunOnce(trial));
        }

        return samples;
    }

    private Dictionary<string, double> RunOnce(Trial trial)
    {
        using var directory = TrialDirectory.Create();
        using var block = SharedBlock.Create(Path.Combine(directory.Path, "block"),
            Station.ControlLength + trial.MemoryLength);
        return Collect(trial, directory.Path);
    }

    private Dictionary<string, double> Collect(Trial trial, string directory)
    {
        var processes = new List<StationProcess>();
        try
        {
            for (int i = 0; i < trial.Processes.Count; i++)
            {
                int cpu = trial.IsPinned
                    ? Settings.Processors[trial.IsOnOneProcessor ? 0 : i % Settings.Processors.Count]
                    : -1;
                processes.Add(StationProcess.Start(string.Create(CultureInfo.InvariantCulture,
                    $"{trial.Processes[i]} directory={directory} cpu={cpu} parties={trial.Processes.Count} " +
                    $"rounds={Settings.Rounds} ") +
                    $"sections={string.Join(',', trial.Sections)} {trial.Words}"));
            }

            var values = new Dictionary<string, double>(StringComparer.Ordinal);
            StationProcess.ReadAll(processes, values);
            trial.Alongside?.Invoke(values);
            return values;
        }
        finally
        {
            processes.ForEach(process => process.Dispose());
        }
    }
}
