using System.Globalization;

namespace Bips.Benchmarks.Report.Facts;

/// <summary>
/// Reads what the kernel shows under <c>/proc</c>, <c>/sys</c> and the like. The answer is null for what is missing or
/// may not be read.
/// </summary>
/// <param name="root">Directory that stands for <c>/</c>.</param>
internal sealed class SystemFiles(string root = "/")
{
    public bool Exists(string path) => File.Exists(Locate(path)) || Directory.Exists(Locate(path));

    /// <summary>The first line, without blanks and the zero bytes that end strings of a device tree.</summary>
    public string? FirstLine(string path) => Lines(path) is [var first, ..] ? first.Trim('\0', ' ', '\t') : null;

    /// <summary>A file that holds one whole number.</summary>
    public long? Number(string path) => long.TryParse(FirstLine(path), CultureInfo.InvariantCulture, out long number)
        ? number
        : null;

    /// <summary>All lines; none of a file that cannot be read.</summary>
    public IReadOnlyList<string> Lines(string path)
    {
        try
        {
            return File.ReadAllLines(Locate(path));
        }
        catch (IOException)
        {
            return [];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Value of the first line <c>key: value</c> or <c>key value</c>.</summary>
    public string? Value(string path, string key)
    {
        string? line = Lines(path).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal) &&
            line.AsSpan(key.Length).TrimStart() is { Length: > 0 } rest && (rest[0] == ':' || line[key.Length] == ' '));
        return line?[key.Length..].Trim(' ', '\t', ':');
    }

    /// <summary>Paths, from <c>/</c>, of the directories in one whose names match; in order.</summary>
    public IEnumerable<string> Directories(string path, string pattern) => Directory.Exists(Locate(path))
        ? Directory.GetDirectories(Locate(path), pattern).Select(found => $"{path}/{Path.GetFileName(found)}")
            .Order(StringComparer.Ordinal)
        : [];

    private string Locate(string path) => Path.Combine(root, path.TrimStart('/'));
}
