using System.Text.RegularExpressions;
using Bips.Tests.Support;

namespace Bips.Tests.Layout;

/// <summary>Each synchronisation point carries a tag that stands at both of its ends.</summary>
public sealed partial class SynchronisationTagTests
{
    private static readonly string[] s_projects = ["Bips.Signaler", "Bips.Core"];

    [Test]
    public void Every_tag_stands_at_two_places_or_more_and_in_the_document()
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "memory-ordering.md"));
        ILookup<string, string> places = s_projects
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

    [Test]
    public void Every_step_of_the_model_stands_in_the_code_and_every_step_of_the_code_in_a_document()
    {
        string model = File.ReadAllText(Path.Combine(Repository.Root, "docs", "model", "README.md"));
        string documents = model + File.ReadAllText(Path.Combine(Repository.Root, "docs", "protocol.md"));
        string[] inModel = [.. ModelRow().Matches(model).SelectMany(row => Word().Matches(row.Value)).Select(word => word.Value)];
        string[] inCode = [.. Sources().SelectMany(source => StepTag().Matches(source))
            .SelectMany(tag => Word().Matches(tag.Groups["names"].Value)).Select(word => word.Value)];
        Assert.That(inModel, Has.Length.GreaterThan(40));
        Assert.That(inModel.Except(inCode, StringComparer.Ordinal), Is.Empty, "steps of the model that the code does not name");
        Assert.That(inCode.Where(step => !documents.Contains(step, StringComparison.Ordinal)), Is.Empty, "undocumented steps");
    }

    private static IEnumerable<string> Sources() => s_projects
        .SelectMany(project => Directory.GetFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories))
        .Select(File.ReadAllText);

    [GeneratedRegex(@"^\| `[a-z_]+`[^|]*\|", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ModelRow();

    [GeneratedRegex(@"step: (?<names>[a-z_]+(, [a-z_]+)*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StepTag();

    [GeneratedRegex(@"[a-z]+(_[a-z]+)+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"sync: (?<tag>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tag();
}
