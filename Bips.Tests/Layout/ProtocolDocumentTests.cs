using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Bips.Layout;
using Bips.Tests.Support;

namespace Bips.Tests.Layout;

/// <summary>The written protocol and the structs of the code say the same.</summary>
public sealed partial class ProtocolDocumentTests
{
    private static readonly string s_document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "protocol.md"));

    [TestCase(typeof(PoolHeader))]
    [TestCase(typeof(ProducerState))]
    [TestCase(typeof(LaneDirective))]
    [TestCase(typeof(RingEntry))]
    [TestCase(typeof(FrameHeader))]
    [TestCase(typeof(Doorbells))]
    [TestCase(typeof(Lane))]
    public void Every_word_stands_in_the_document_with_its_offset_and_type(Type type)
    {
        Assert.That(type.IsLayoutSequential || type.IsExplicitLayout);
        IEnumerable<string> inCode = type.GetFields(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(field => Row((long)Marshal.OffsetOf(type, field.Name), field.FieldType,
                field.IsPublic ? field.Name : SharedWord.NameOf(field)));
        Assert.That(RowsUnder(type.Name), Is.EqualTo(inCode));
    }

    [TestCase(typeof(LaneDirective), 0x40)]
    [TestCase(typeof(RingEntry), 0x10)]
    [TestCase(typeof(FrameHeader), 0x08)]
    [TestCase(typeof(Lane), Lane.HeldOffset)]
    public void Strides_are_the_documented_ones(Type type, int size) =>
        Assert.That(Marshal.SizeOf(type), Is.EqualTo(size));

    private static string Row(long offset, Type type, string name) => string.Create(CultureInfo.InvariantCulture,
        $"0x{offset:X2} {(type == typeof(ulong) ? "u64" : type == typeof(uint) ? "u32" : type.Name)} {name}");

    private static IEnumerable<string> RowsUnder(string heading)
    {
        int start = s_document.IndexOf($"### {heading}\n", StringComparison.Ordinal);
        int end = s_document.IndexOf("\n#", start + 4, StringComparison.Ordinal);
        return WordRow().Matches(s_document[start..end])
            .Select(row => $"{row.Groups["offset"].Value} {row.Groups["type"].Value} {row.Groups["name"].Value}");
    }

    [GeneratedRegex(
        @"^\| (?<offset>0x[0-9A-F]+) \| (?<type>u\d+) \| (?<name>\w+) \|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex WordRow();
}
