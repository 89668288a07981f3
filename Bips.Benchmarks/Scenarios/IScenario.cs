using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Scenarios;

/// <summary>One sub-command of the harness.</summary>
internal interface IScenario
{
    /// <summary>Name of the sub-command.</summary>
    string Name { get; }

    /// <summary>What it answers, for the help text.</summary>
    string Description { get; }

    /// <summary>Measures.</summary>
    IEnumerable<Figure> Run(TrialRunner runner);
}
