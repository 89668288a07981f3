using System.Globalization;
using System.Xml.Linq;
using Bips.Tests.Support;

namespace Bips.Tests.Interfaces;

/// <summary>
/// <c>Directory.Build.props</c> has the version of the release and <c>bips.h</c> that of the ABI; whatever repeats one
/// of them agrees.
/// </summary>
public sealed class VersionTests
{
    private static readonly string s_version =
        XDocument.Parse(SourceText.Read("Directory.Build.props")).Descendants("Version").Single().Value;

    private static readonly string[] s_folders = ["native", "python", "samples"];

    [TestCase("python/bips/__init__.py", @"^__version__ = ""(?<version>.*)""$")]
    [TestCase("samples/hello/csharp/Hello.csproj", @"Include=""Bips.Core"" Version=""(?<version>.*)""")]
    public void Version_is_repeated_faithfully(string path, string pattern) => Assert.That(
        SourceText.Find(SourceText.Read(path), pattern).Single()["version"].Value, Is.EqualTo(s_version));

    [Test]
    public void Tests_of_c_ask_for_this_version() => Assert.That(s_version, Does.StartWith(
        SourceText.Find(SourceText.Read("native/CMakeLists.txt"), @"find_package\(bips (?<version>[\d.]+) REQUIRED\)")
            .Single()["version"].Value + "."));

    [Test]
    public void Version_is_repeated_nowhere_else() => Assert.That(
        FilesOf(s_folders).Where(path => SourceText.Read(path).Contains(s_version, StringComparison.Ordinal)),
        Is.EquivalentTo(["python/bips/__init__.py", "samples/hello/csharp/Hello.csproj"]));

    [Test]
    public void Every_soname_bears_the_version_of_the_abi()
    {
        string[] sonames =
        [
            .. FilesOf([.. s_folders, "docs"]).Append("build.sh").Append("README.md")
                .SelectMany(path => SourceText.Find(SourceText.Read(path), @"libbips\.so\.(?<version>\d+)(?!\.?\d)"))
                .Select(soname => soname["version"].Value),
        ];
        Assert.That(sonames, Is.Not.Empty);
        Assert.That(sonames, Is.All.EqualTo(CHeader.AbiVersion.ToString(CultureInfo.InvariantCulture)));
    }

    [TestCase("native/managed/libbips.map", @"^BIPS_(?<version>\d+) \{$")]
    [TestCase("native/test.sh", @"@@BIPS_(?<version>\d+)\b")]
    [TestCase("python/bips/_abi.py", @"^ABI_VERSION = (?<version>\d+)$")]
    public void Version_of_the_abi_is_that_of_the_header(string path, string pattern) => Assert.That(
        SourceText.Find(SourceText.Read(path), pattern).Single()["version"].Value,
        Is.EqualTo(CHeader.AbiVersion.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Text files that are written by hand.</summary>
    private static IEnumerable<string> FilesOf(IEnumerable<string> folders) => folders
        .SelectMany(folder =>
            Directory.GetFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(Repository.Root, path))
        .Where(path => !path.Split('/').Any(part =>
            part is "bin" or "obj" or "__pycache__" or "benchmarks" or "captures"));
}
