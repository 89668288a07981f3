using System.Globalization;

namespace Bips.Benchmarks.Harness;

/// <summary>The <c>key=value</c> words that a process of a trial is started with.</summary>
internal sealed class Words
{
    private readonly Dictionary<string, string> _values;

    public Words(IEnumerable<string> words) => _values = words
        .Select(word => word.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    public string Text(string key) => _values.TryGetValue(key, out string? value)
        ? value
        : throw new ArgumentException($"The word '{key}=' is missing; this command is for the harness itself.",
            nameof(key));

    public int Number(string key) => int.Parse(Text(key), CultureInfo.InvariantCulture);

    public int Number(string key, int otherwise) => _values.ContainsKey(key) ? Number(key) : otherwise;

    public TimeSpan Milliseconds(string key) => TimeSpan.FromMilliseconds(Number(key));

    public TEnum Choice<TEnum>(string key)
        where TEnum : struct, Enum => Enum.Parse<TEnum>(Text(key), ignoreCase: true);
}
