using System.Globalization;
using Bips.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Bips.Tests.House;

/// <summary>The folders of the core are rooms: what stands in one uses only rooms below it.</summary>
/// <remarks>The output of these tests is the map of the house: rooms, arrows, unsafe files, longest file.</remarks>
public sealed class RoomTests
{
    private const string Root = "(root)";

    /// <summary>The rooms from top to bottom, as in docs/architecture.md.</summary>
    private static readonly string[] s_rooms =
    [
        Root, "Pipelines", "Typed", "Waiting", "Leases", "Lifetime", "Protocol", "Memory", "Layout", "Errors",
    ];

    /// <summary>Where code may use pointers. Of other rooms only the files that are named.</summary>
    private static readonly string[] s_unsafe =
    [
        "Layout", "Memory", "Protocol", "Leases/BufferMemory.cs",
    ];

    private static readonly string s_core = Path.Combine(Repository.Root, "Bips.Core");
    private static readonly Lazy<CSharpCompilation> s_compilation = new(Compile);

    [Test]
    public void Arrows_between_rooms_only_go_down()
    {
        ILookup<(string From, string To), string> arrows = Arrows();
        foreach (string room in s_rooms)
        {
            string[] below = [.. arrows.Where(
                arrow => string.Equals(arrow.Key.From, room, StringComparison.Ordinal)).Select(arrow => arrow.Key.To)
                .OrderBy(to => Array.IndexOf(s_rooms, to))];
            TestContext.Out.WriteLine($"{room,-10} -> {(below.Length == 0 ? "nothing" : string.Join(", ", below))}");
        }

        string[] wrong = [.. arrows.Where(
            arrow => Array.IndexOf(s_rooms, arrow.Key.From) >= Array.IndexOf(s_rooms, arrow.Key.To))
            .SelectMany(arrow => arrow.Take(3).Select(use => $"{arrow.Key.From} -> {arrow.Key.To}: {use}"))];
        Assert.That(arrows, Has.Count.GreaterThan(20), "the test looks at nothing");
        Assert.That(wrong, Is.Empty, "arrows that do not go down, which is also the only way to make a circle");
    }

    [Test]
    public void Every_folder_is_a_known_room_and_every_room_has_files()
    {
        string[] found = [.. s_compilation.Value.SyntaxTrees.Where(IsOfCore).Select(RoomOf)
            .Distinct(StringComparer.Ordinal)];
        Assert.That(found, Is.EquivalentTo(s_rooms));
    }

    [Test]
    public void Pointers_are_used_in_few_rooms()
    {
        string[] files = [.. s_compilation.Value.SyntaxTrees.Where(IsOfCore)
            .Where(tree => tree.GetRoot().DescendantTokens().Any(token => token.IsKind(SyntaxKind.UnsafeKeyword)))
            .Select(tree => Path.GetRelativePath(s_core, tree.FilePath)).Order(StringComparer.Ordinal)];
        TestContext.Out.WriteLine($"{files.Length} of {s_compilation.Value.SyntaxTrees.Count(IsOfCore)} files have " +
            "unsafe code:");
        TestContext.Out.WriteLine(string.Join('\n', files));
        Assert.That(files, Is.Not.Empty);
        Assert.That(
            files.Where(file => !s_unsafe.Any(allowed => string.Equals(file, allowed, StringComparison.Ordinal) ||
            file.StartsWith(allowed + '/', StringComparison.Ordinal))), Is.Empty);
    }

    [Test]
    public void Facades_and_all_other_files_stay_short()
    {
        const int longest = 400;
        const int longestFacade = 300;
        (string Path, int Lines)[] files = [.. Directory.GetFiles(s_core, "*.cs", SearchOption.AllDirectories)
            .Concat(
                Directory.GetFiles(Path.Combine(Repository.Root, "Bips.Signaler"), "*.cs", SearchOption.AllDirectories))
            .Select(file => (file, File.ReadLines(file).Count())).OrderByDescending(file => file.Item2)];
        TestContext.Out.WriteLine(
            string.Join('\n', files.Take(5).Select(file => string.Create(CultureInfo.InvariantCulture,
            $"{file.Lines} lines: {Path.GetRelativePath(Repository.Root, file.Path)}"))));
        Assert.That(files.Where(file => file.Lines > longest), Is.Empty);
        Assert.That(
            files.Where(file => string.Equals(Path.GetDirectoryName(file.Path), s_core, StringComparison.Ordinal) &&
            file.Lines > longestFacade), Is.Empty);
    }

    private static CSharpCompilation Compile()
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        const string implicitUsings = "global using System; global using System.Collections.Generic; global using " +
            "System.IO; global using System.Linq; global using System.Threading; global using " +
            "System.Threading.Tasks;";
        IEnumerable<SyntaxTree> trees = Directory.GetFiles(s_core, "*.cs", SearchOption.AllDirectories)
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), options, file))
            .Append(CSharpSyntaxTree.ParseText(implicitUsings, options));
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file) is not "Bips.Core.dll")
            .Select(file => MetadataReference.CreateFromFile(file));
        return CSharpCompilation.Create("Bips.Core", trees, references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }

    /// <summary>Every use of a type of one room in another, by the two rooms.</summary>
    private static ILookup<(string From, string To), string> Arrows() => s_compilation.Value.SyntaxTrees.Where(IsOfCore)
        .SelectMany(tree =>
        {
            SemanticModel model = s_compilation.Value.GetSemanticModel(tree);
            return tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
                .Select(name => (Name: name, Type: TypeOf(model.GetSymbolInfo(name).Symbol)))
                .SelectMany(use => RoomsOf(use.Type).Select(room => (From: RoomOf(tree), To: room, use.Name)));
        })
        .Where(use => !string.Equals(use.From, use.To, StringComparison.Ordinal))
        .ToLookup(use => (use.From, use.To), use => PlaceOf(use.Name));

    private static string PlaceOf(SimpleNameSyntax name)
    {
        int line = name.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
        return $"{Path.GetRelativePath(s_core, name.SyntaxTree.FilePath)}:{line} {name}";
    }

    private static INamedTypeSymbol? TypeOf(ISymbol? symbol) =>
        (symbol as INamedTypeSymbol ?? symbol?.ContainingType)?.OriginalDefinition;

    private static IEnumerable<string> RoomsOf(INamedTypeSymbol? type) => type is null
        ? []
        : type.DeclaringSyntaxReferences.Select(
            place => place.SyntaxTree).Where(IsOfCore).Select(RoomOf).Distinct(StringComparer.Ordinal);

    private static bool IsOfCore(SyntaxTree tree) => tree.FilePath.Length > 0;

    private static string RoomOf(SyntaxTree tree)
    {
        string[] parts = Path.GetRelativePath(s_core, tree.FilePath).Split(Path.DirectorySeparatorChar);
        return parts.Length == 1 ? Root : parts[0];
    }
}
