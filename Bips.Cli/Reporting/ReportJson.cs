using System.Text.Json.Serialization;

namespace Bips.Cli.Reporting;

/// <summary>How reports become JSON: one object a line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ExitWord), typeof(EventWord)])]
[JsonSerializable(typeof(JobReport))]
[JsonSerializable(typeof(SendReport))]
[JsonSerializable(typeof(ReceiveReport))]
[JsonSerializable(typeof(DemoReport))]
[JsonSerializable(typeof(FrameReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
