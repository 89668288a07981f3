using System.Globalization;
using Bips.Tests.Support;

namespace Bips.Tests.House;

/// <summary>What people read fits into the width that they read it in.</summary>
public sealed class LineLengthTests
{
    private const int Columns = 120;

    private static readonly string[] s_kinds =
        [".cs", ".c", ".h", ".hpp", ".cpp", ".py", ".sh", ".cmake", ".md", ".pml", ".csproj", ".props"];

    [Test]
    public void No_line_of_the_tree_is_longer_than_a_screen_is_wide()
    {
        string[] files = [.. FilesBelow(Repository.Root)
            .Where(file => s_kinds.Contains(Path.GetExtension(file), StringComparer.Ordinal) && !IsGenerated(file))];
        (string Place, int Length)[] lines = [.. files.SelectMany(
            file => File.ReadLines(file).Select((line, number) => (
            string.Create(CultureInfo.InvariantCulture, $"{Path.GetRelativePath(Repository.Root, file)}:{number + 1}"),
            new StringInfo(line).LengthInTextElements)))];
        (string longest, int length) = lines.MaxBy(line => line.Length);
        TestContext.Out.WriteLine($"{files.Length} files; the longest line has {length} columns: {longest}");
        Assert.That(files, Has.Length.GreaterThan(300), "the test looks at nothing");
        Assert.That(lines.Where(line => line.Length > Columns), Is.Empty);
    }

    private static IEnumerable<string> FilesBelow(string directory) => Directory.EnumerateFiles(directory)
        .Concat(Directory.EnumerateDirectories(directory)
            .Where(below => Path.GetFileName(below) is not ("artifacts" or ".git" or "bin" or "obj"))
            .SelectMany(FilesBelow));

    /// <summary>Tables of figures that a program writes and nobody wraps.</summary>
    private static bool IsGenerated(string file) => Path.GetFileName(file) is "results.md";
}
