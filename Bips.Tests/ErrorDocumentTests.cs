using Bips.Tests.Support;

namespace Bips.Tests;

/// <summary><c>docs/errors.md</c> is complete.</summary>
public sealed class ErrorDocumentTests
{
    [Test]
    public void Every_error_stands_in_the_table([Values] BipsError error)
    {
        string[] rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "errors.md")).Where(
            line => line.StartsWith('|') && line.Contains($"`{error}`", StringComparison.Ordinal))];
        Assert.That(rows, Is.Not.Empty);
        Assert.That(rows, Has.All.Match(@"^\|.+\|.+\|.+\|$"));
    }
}
