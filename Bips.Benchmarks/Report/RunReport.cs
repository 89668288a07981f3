using System.Text.Json;
using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Report;

/// <summary>Everything that one run found out.</summary>
/// <param name="Environment">On what.</param>
/// <param name="Settings">How.</param>
/// <param name="Figures">What.</param>
internal sealed record RunReport(EnvironmentRecord Environment, RunSettings Settings, IReadOnlyList<Figure> Figures)
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Writes the report where another program can read it.</summary>
    public void Save(FileInfo file) => File.WriteAllText(file.FullName, JsonSerializer.Serialize(this, s_options) + "\n");
}
