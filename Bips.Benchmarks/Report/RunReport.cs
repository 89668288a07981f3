using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Report;

/// <summary>
/// Everything that one run found out: what <c>--json</c> writes and what <c>report</c> and <c>compare</c> read.
/// </summary>
internal sealed record RunReport
{
    /// <summary>
    /// Number of the shape of the file and of the way in which figures are measured. It changes when an older file
    /// would be misread, and when a figure comes to mean something else although neither its name nor its definition
    /// changed.
    /// </summary>
    public const int CurrentFormat = 1;

    public static JsonSerializerOptions JsonOptions { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public int Format { get; init; } = CurrentFormat;

    /// <summary>On what: facts by name, in the order in which they are shown.</summary>
    public required OrderedDictionary<string, string> Environment { get; init; }

    /// <summary>How.</summary>
    public required RunSettings Settings { get; init; }

    /// <summary>What each sub-command that was run answers, by its name.</summary>
    public required OrderedDictionary<string, string> Scenarios { get; init; }

    /// <summary>What was found, in the order in which it was measured.</summary>
    public required IReadOnlyList<Figure> Figures { get; init; }

    /// <exception cref="InvalidDataException">It is no such file, or one of another format.</exception>
    public static RunReport Load(FileInfo file)
    {
        string text = File.ReadAllText(file.FullName);
        try
        {
            using (JsonDocument document = JsonDocument.Parse(text))
            {
                if (!document.RootElement.TryGetProperty("format", out JsonElement format) ||
                    format.GetInt32() != CurrentFormat)
                {
                    throw new InvalidDataException(
                        $"'{file}' is not of result format {CurrentFormat}, the one that this program reads and " +
                        $"writes. Measure again with --json.");
                }
            }

            return JsonSerializer.Deserialize<RunReport>(text, JsonOptions) ?? throw new JsonException("nothing in it");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{file}' holds no results of a run with --json: {e.Message}", e);
        }
    }

    /// <summary>The run of each scenario as a run of its own.</summary>
    public IEnumerable<RunReport> Split() => Figures.GroupBy(figure => figure.Scenario, StringComparer.Ordinal)
        .Select(scenario => this with
        {
            Scenarios =
                new(StringComparer.Ordinal) { [scenario.Key] = Scenarios.GetValueOrDefault(scenario.Key) ?? "" },
            Figures = [.. scenario],
        });

    /// <summary>Writes the report where another program can read it.</summary>
    public void Save(FileInfo file)
    {
        file.Directory?.Create();
        File.WriteAllText(file.FullName, ToJson() + "\n");
    }

    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);
}
