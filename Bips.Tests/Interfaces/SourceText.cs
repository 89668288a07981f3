using System.Text.RegularExpressions;
using Bips.Tests.Support;

namespace Bips.Tests.Interfaces;

/// <summary>Reads what the sources of other languages say.</summary>
internal static class SourceText
{
    public static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    /// <summary>The groups of every match, in order.</summary>
    public static IReadOnlyList<GroupCollection> Find(string text, string pattern) =>
    [
        .. Regex.Matches(text, pattern, RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10))
            .Select(match => match.Groups),
    ];

    /// <summary>What stands between two texts, of which the first must be there.</summary>
    public static string Between(string text, string start, string end)
    {
        int first = text.IndexOf(start, StringComparison.Ordinal);
        Assert.That(first, Is.Not.Negative, $"'{start}' is gone");
        first += start.Length;
        return text[first..text.IndexOf(end, first, StringComparison.Ordinal)];
    }

    /// <summary><c>PoolNotFound</c> as C and Python write it: <c>pool_not_found</c>.</summary>
    public static string Snake(string pascal) => string.Concat(pascal.Select((letter, index) => (index, letter) switch
    {
        (0, _) => $"{char.ToLowerInvariant(letter)}",
        _ when char.IsUpper(letter) => $"_{char.ToLowerInvariant(letter)}",
        _ => $"{letter}",
    }));

    /// <summary><c>pool_not_found</c> as C# writes it: <c>PoolNotFound</c>.</summary>
    public static string Pascal(string snake) =>
        string.Concat(snake.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
