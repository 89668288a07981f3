using System.Text.RegularExpressions;
using Bips.Tests.Support;

namespace Bips.Tests.House;

/// <summary>Each synchronisation point carries a tag that stands at both of its ends.</summary>
public sealed partial class SynchronisationTagTests
{
    private static readonly string[] s_projects = ["Bips.Signaler", "Bips.Core"];

    [Test]
    public void Every_tag_stands_at_both_of_its_ends_and_in_the_document()
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "memory-ordering.md"));
        ILookup<string, (string Place, Access Access)> places = Files().SelectMany(TaggedPlaces)
            .ToLookup(found => found.Tag, found => (found.Place, found.Access), StringComparer.Ordinal);

        Assert.That(places, Is.Not.Empty);
        foreach (IGrouping<string, (
            string Place, Access Access)> tag in places.OrderBy(tag => tag.Key, StringComparer.Ordinal))
        {
            TestContext.Out.WriteLine($"{tag.Key}: " +
                $"{string.Join(", ", tag.Select(end => $"{end.Access} {end.Place}"))}");
            Access ends = tag.Aggregate(Access.None, (all, end) => all | end.Access);
            bool areBoth = ends.HasFlag(Access.Store | Access.Load) ||
                tag.Count(end => end.Access == Access.Fence) > 1 ||
                (ends.HasFlag(Access.Fence) && ends != Access.Fence);
            Assert.That(areBoth, Is.True, $"'sync: {tag.Key}' has one end only: {string.Join(", ", tag)}");
            Assert.That(document, Does.Contain($"`{tag.Key}`"), "docs/memory-ordering.md does not speak of " +
                $"'{tag.Key}'");
        }
    }

    [Test]
    public void No_shared_word_is_touched_without_a_tag()
    {
        string[] sources = Directory.GetFiles(Path.Combine(Repository.Root, "Bips.Core", "Layout"), "*.cs");
        string[] untagged = [.. sources.SelectMany(file =>
        {
            string[] lines = File.ReadAllLines(file);
            return Enumerable.Range(0, lines.Length)
                .Where(i => SharedWordAccess().IsMatch(lines[i]) &&
                    !lines[i].Contains("sync: ", StringComparison.Ordinal))
                .Select(i => $"{Path.GetFileName(file)}:{i + 1} {lines[i].Trim()}");
        })];
        Assert.That(sources.Count(file => SharedWordAccess().IsMatch(File.ReadAllText(file))), Is.GreaterThan(5));
        Assert.That(untagged, Is.Empty);
    }

    [Test]
    public void Shared_words_are_touched_in_the_layout_alone()
    {
        // Mapping.cs touches pages and no particular word.
        string[] elsewhere = [.. Files().Where(file => file.Contains("/Bips.Core/", StringComparison.Ordinal) &&
                !file.Contains("/Layout/", StringComparison.Ordinal) && Path.GetFileName(file) is not "Mapping.cs")
            .SelectMany(file => File.ReadLines(file).Where(line => PointerAccess().IsMatch(line))
                .Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"))];
        Assert.That(elsewhere, Is.Empty, "an access by Ordering through a pointer: give the word a member in Layout/");
    }

    [Test]
    public void Every_step_of_the_model_stands_in_the_code_and_every_step_of_the_code_in_a_document()
    {
        string model = File.ReadAllText(Path.Combine(Repository.Root, "docs", "model", "README.md"));
        string documents = model + File.ReadAllText(Path.Combine(Repository.Root, "docs", "protocol.md"));
        string[] inModel = [.. ModelRow().Matches(
            model).SelectMany(row => Word().Matches(row.Value)).Select(word => word.Value)];
        string[] inCode = [.. Sources().SelectMany(source => StepTag().Matches(source))
            .SelectMany(tag => Word().Matches(tag.Groups["names"].Value)).Select(word => word.Value)];
        Assert.That(inModel, Has.Length.GreaterThan(40));
        Assert.That(inModel.Except(inCode, StringComparer.Ordinal), Is.Empty, "steps of the model that the code does " +
            "not name");
        Assert.That(
            inCode.Where(step => !documents.Contains(step, StringComparison.Ordinal)), Is.Empty, "undocumented steps");
    }

    private static IEnumerable<string> Files() => s_projects.SelectMany(project =>
        Directory.GetFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories));

    private static IEnumerable<string> Sources() => Files().Select(File.ReadAllText);

    /// <summary>The tags of a file, each with what the code beside it, or below its comment, does.</summary>
    private static IEnumerable<(string Tag, string Place, Access Access)> TaggedPlaces(string file)
    {
        string[] lines = File.ReadAllLines(file);
        for (int i = 0; i < lines.Length; i++)
        {
            foreach (Match tag in Tag().Matches(lines[i]))
            {
                int code = i;
                while (code + 1 < lines.Length && lines[code].TrimStart().StartsWith("//", StringComparison.Ordinal))
                {
                    code++;
                }

                yield return (tag.Groups["tag"].Value, $"{Path.GetFileName(file)}:{i + 1}", AccessOf(lines[code]));
            }
        }
    }

    private static Access AccessOf(string line) => line switch
    {
        _ when line.Contains("Fence", StringComparison.Ordinal) ||
            line.Contains("FetchAdd", StringComparison.Ordinal) => Access.Fence,
        _ when line.Contains("StoreRelease", StringComparison.Ordinal) ||
            line.Contains("CompareExchange", StringComparison.Ordinal) => Access.Store,
        _ when line.Contains("LoadAcquire", StringComparison.Ordinal) => Access.Load,
        _ => Access.None,
    };

    [Flags]
    private enum Access
    {
        None = 0,
        Load = 1,
        Store = 2,
        Fence = 4,
    }

    [GeneratedRegex(
        @"Ordering\.|&\w+->_|\(ref first|ref \(\(ulong\*\)first|\bif \(_\w+ [!=]=",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex SharedWordAccess();

    [GeneratedRegex(
        @"Ordering\.(Load|Store|Fetch)\w*\((ref|in) (\*|\w+->|\(\*|\w+\[\w+\]\.)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex PointerAccess();

    [GeneratedRegex(@"^\| `[a-z_]+`[^|]*\|", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ModelRow();

    [GeneratedRegex(
        @"step: (?<names>[a-z_]+(, [a-z_]+)*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StepTag();

    [GeneratedRegex(@"[a-z]+(_[a-z]+)+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"sync: (?<tag>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tag();
}
