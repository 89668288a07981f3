using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Report;

/// <summary>
/// What is known of one machine: of each scenario the newest run, all in one small file that <c>--report</c> keeps up
/// to date and <c>compare</c> reads.
/// </summary>
/// <remarks>
/// The file is for a git checkout: a figure is a line of it, so a new run changes the lines of its own figures. It
/// leaves out the curves of percentiles, which only drawings need; <c>--json</c> keeps them.
/// </remarks>
/// <param name="Runs">One for each scenario, with that scenario alone.</param>
internal sealed record MachineReport(IReadOnlyList<RunReport> Runs)
{
    /// <summary>
    /// Number of the shape of the file; what the figures mean is <see cref="RunReport.CurrentFormat"/>.
    /// </summary>
    private const string Kind = "machine-1";

    /// <summary>What stands before each figure, to give it a line of its own.</summary>
    private const string FigureIndent = "\n        ";

    private static readonly JsonSerializerOptions s_options = new(RunReport.JsonOptions)
    {
        WriteIndented = false,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Whether a file has this shape; one that is no JSON has not.</summary>
    public static bool IsIn(FileInfo file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file.FullName));
            return document.RootElement.TryGetProperty("kind", out _);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <exception cref="InvalidDataException">It is no such file, or one of another format.</exception>
    public static MachineReport Load(FileInfo file)
    {
        try
        {
            string text = File.ReadAllText(file.FullName);
            StoredMachine stored = JsonSerializer.Deserialize<StoredMachine>(text, s_options)
                ?? throw new JsonException("nothing in it");
            return stored is { Kind: Kind, Format: RunReport.CurrentFormat }
                ? new([.. stored.Scenarios.Select(scenario => RunOf(scenario.Key, scenario.Value, stored.Machine))])
                : throw new InvalidDataException($"'{file}' is of another format than '{Kind}', format " +
                    $"{RunReport.CurrentFormat}, which this program reads and writes. Measure again with --report.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{file}' holds no results of a machine: {e.Message}", e);
        }
    }

    /// <summary>Puts the scenarios of a run in the place of their older runs, or behind the others.</summary>
    public MachineReport With(RunReport run)
    {
        List<RunReport> runs = [.. Runs];
        foreach (RunReport part in run.Split())
        {
            string name = part.Scenarios.Keys.Single();
            int index = runs.FindIndex(known => known.Scenarios.ContainsKey(name));
            if (index < 0)
            {
                runs.Add(part);
            }
            else
            {
                runs[index] = part;
            }
        }

        return new(runs);
    }

    /// <summary>Facts that all runs share: those of the machine. What belongs to one run is never among them.</summary>
    public OrderedDictionary<string, string> Facts() => new(Runs[0].Environment
        .Where(fact => !EnvironmentRecord.OfOneRun.Contains(fact.Key))
        .Where(fact => Runs.All(run => IsSame(run.Environment.GetValueOrDefault(fact.Key), fact.Value))),
        StringComparer.Ordinal);

    /// <summary>Facts of one run that are not those of the machine.</summary>
    public OrderedDictionary<string, string> FactsOf(RunReport run)
    {
        OrderedDictionary<string, string> shared = Facts();
        return new(run.Environment.Where(fact => !shared.ContainsKey(fact.Key)), StringComparer.Ordinal);
    }

    public void Save(FileInfo file) => File.WriteAllText(file.FullName, ToJson());

    /// <summary>Indented but for the figures, each of which is one line.</summary>
    private string ToJson()
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, Encoder = s_options.Encoder, NewLine = "\n" };
        using (var writer = new Utf8JsonWriter(stream, options))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", Kind);
            writer.WriteNumber("format", RunReport.CurrentFormat);
            WriteTexts(writer, "machine", Facts());
            writer.WriteStartObject("scenarios");
            foreach (RunReport run in Runs)
            {
                WriteRun(writer, run);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private void WriteRun(Utf8JsonWriter writer, RunReport run)
    {
        (string name, string description) = run.Scenarios.Single();
        writer.WriteStartObject(name);
        writer.WriteString("description", description);
        writer.WritePropertyName("settings");
        writer.WriteRawValue(JsonSerializer.Serialize(StoredSettings.Of(run.Settings), s_options));
        WriteTexts(writer, "run", FactsOf(run));
        writer.WriteStartArray("figures");
        foreach (Figure figure in run.Figures)
        {
            writer.WriteRawValue(FigureIndent + JsonSerializer.Serialize(StoredFigure.Of(figure), s_options));
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, OrderedDictionary<string, string> texts)
    {
        writer.WriteStartObject(name);
        foreach ((string key, string text) in texts)
        {
            writer.WriteString(key, text);
        }

        writer.WriteEndObject();
    }

    private static RunReport RunOf(string name, StoredScenario scenario,
        OrderedDictionary<string, string> machine) => new()
        {
            Environment = new(machine.Concat(scenario.Run), StringComparer.Ordinal),
            Settings = scenario.Settings.ToSettings(),
            Scenarios = new(StringComparer.Ordinal) { [name] = scenario.Description },
            Figures = [.. scenario.Figures.Select(figure => figure.ToFigure(name))],
        };

    private static bool IsSame(string? one, string? other) => string.Equals(one, other, StringComparison.Ordinal);

    private sealed record StoredMachine(string Kind, int Format, OrderedDictionary<string, string> Machine,
        OrderedDictionary<string, StoredScenario> Scenarios);

    private sealed record StoredScenario(string Description, StoredSettings Settings,
        OrderedDictionary<string, string> Run, IReadOnlyList<StoredFigure> Figures);

    private sealed record StoredSettings(bool IsQuick, int Repetitions, IReadOnlyList<int> Processors,
        int? SectionMilliseconds = null)
    {
        public static StoredSettings Of(RunSettings settings) =>
            new(settings.IsQuick, settings.Repetitions, settings.Processors, settings.SectionMilliseconds);

        public RunSettings ToSettings() => new(IsQuick, Repetitions, Processors)
        {
            SectionMilliseconds = SectionMilliseconds,
        };
    }

    /// <summary>A figure without its curves; a spread is median, smallest and largest.</summary>
    private sealed record StoredFigure
    {
        public required string Name { get; init; }

        public required string Unit { get; init; }

        public required double[] Bips { get; init; }

        public double[]? Limit { get; init; }

        public double[]? Ratio { get; init; }

        public double? AtMost { get; init; }

        public double? AtLeast { get; init; }

        /// <summary>For readers of the file; this program judges anew.</summary>
        public string? Verdict { get; init; }

        public string? LimitName { get; init; }

        [JsonObjectCreationHandling(JsonObjectCreationHandling.Replace)]
        public IReadOnlyDictionary<string, string> Definition { get; init; } =
            new Dictionary<string, string>(StringComparer.Ordinal);

        public static StoredFigure Of(Figure figure) => new()
        {
            Name = figure.Name,
            Unit = figure.Unit,
            Bips = NumbersOf(figure.Bips)!,
            Limit = NumbersOf(figure.Limit),
            Ratio = NumbersOf(figure.Ratio),
            AtMost = figure.Target is { IsAtMost: true } most ? most.Value : null,
            AtLeast = figure.Target is { IsAtMost: false } least ? least.Value : null,
            Verdict = figure.IsMet switch { null => null, true => "met", false => "missed" },
            LimitName = figure.LimitName,
            Definition = figure.Definition,
        };

        public Figure ToFigure(string scenario) => new()
        {
            Scenario = scenario,
            Name = Name,
            Unit = Unit,
            Bips = SpreadOf(Bips)!.Value,
            Limit = SpreadOf(Limit),
            Ratio = SpreadOf(Ratio),
            Target = AtMost is { } most ? Target.AtMost(most) : AtLeast is { } least ? Target.AtLeast(least) : null,
            LimitName = LimitName,
            Definition = Definition,
        };

        private static double[]? NumbersOf(Spread? spread) =>
            spread is { } known ? [known.Median, known.Low, known.High] : null;

        private static Spread? SpreadOf(double[]? numbers) => numbers switch
        {
            null => null,
            [var median, var low, var high] => new Spread(median, low, high),
            _ => throw new JsonException("a spread is not median, smallest and largest"),
        };
    }
}
