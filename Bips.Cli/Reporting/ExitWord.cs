using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bips.Cli.Reporting;

/// <summary>Writes an exit code as a word such as <c>pool-not-found</c>.</summary>
internal sealed class ExitWord() : JsonStringEnumConverter<ExitCode>(JsonNamingPolicy.KebabCaseLower);
