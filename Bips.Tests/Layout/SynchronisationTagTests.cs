using System.Text.RegularExpressions;
using Bips.Tests.Support;

namespace Bips.Tests.Layout;

/// <summary>Each synchronisation point carries a tag that stands at both of its ends.</summary>
public sealed partial class SynchronisationTagTests
{
    [Test]
    public void Every_tag_stands_at_two_places_or_more_and_in_the_document()
    {
        string[] projects = ["Bips.Signaler", "Bips.Core"];
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "memory-ordering.md"));
        ILookup<string, string> places = projects
            .SelectMany(project => Directory.GetFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => File.ReadLines(file).SelectMany((line, number) => Tag().Matches(line)
                .Select(tag => (Tag: tag.Groups["tag"].Value, Place: $"{Path.GetFileName(file)}:{number + 1}"))))
            .ToLookup(found => found.Tag, found => found.Place, StringComparer.Ordinal);

        Assert.That(places, Is.Not.Empty);
        foreach (IGrouping<string, string> tag in places)
        {
            Assert.That(tag.Count(), Is.GreaterThan(1), $"'sync: {tag.Key}' stands only at {tag.First()}");
            Assert.That(document, Does.Contain($"`{tag.Key}`"), $"docs/memory-ordering.md does not speak of '{tag.Key}'");
        }
    }

    [GeneratedRegex(@"sync: (?<tag>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tag();
}
