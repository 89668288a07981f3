using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bips.Cli.Reporting;

/// <summary>Writes what a line is about as a word such as <c>progress</c>.</summary>
internal sealed class EventWord() : JsonStringEnumConverter<ReportEvent>(JsonNamingPolicy.KebabCaseLower);
