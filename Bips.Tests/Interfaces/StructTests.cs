namespace Bips.Tests.Interfaces;

/// <summary>
/// A struct has the same fields, in the same order and of the same size, in C, in C# and in Python. Every field is
/// aligned to its size in all three, so the offsets agree too; what they are is asserted in <c>bips.h</c> itself.
/// </summary>
public sealed class StructTests
{
    private static readonly IEnumerable<string> s_structs = CHeader.Structs;

    [TestCaseSource(nameof(s_structs))]
    public void Fields_in_csharp_are_those_of_the_header(string name)
    {
        string text = SourceText.Read($"native/managed/Abi/Native{CommonName(name)}.cs");
        Assert.That(text, Does.Contain("[StructLayout(LayoutKind.Sequential)]"));
        IEnumerable<(string, string)> fields = SourceText
            .Find(text, @"^    public (?<fixed>fixed )?(?<type>[\w*]+) (?<name>\w+)(\[(?<count>\w+)\])?;$")
            .Select(field => (SourceText.Snake(field["name"].Value), field["type"].Value switch
            {
                "uint" => "uint32_t",
                "int" => "int32_t",
                "ulong" or "nint" => "uint64_t",
                "long" => "int64_t",
                "byte*" => "pointer",
                "byte" when field["fixed"].Success => $"uint8_t[{Constant(text, field["count"].Value)}]",
                var other => other,
            }));
        Assert.That(fields, Is.EqualTo(CHeader.Fields(name)));
    }

    [TestCaseSource(nameof(s_structs))]
    public void Fields_in_python_are_those_of_the_header(string name)
    {
        string body = SourceText.Between(
            SourceText.Read("python/bips/_abi.py"), $"class {CommonName(name)}(ctypes.Structure):", "    ]\n");
        IEnumerable<(string, string)> fields = SourceText
            .Find(body, @"\(""(?<name>\w+)"", ctypes\.c_(?<type>\w+)( \* (?<count>\d+))?\),")
            .Select(field => (field["name"].Value, field["type"].Value switch
            {
                "void_p" or "char_p" => "pointer",
                var element when field["count"].Success => $"{element}_t[{field["count"].Value}]",
                var type => $"{type}_t",
            }));
        Assert.That(fields, Is.EqualTo(CHeader.Fields(name)));
    }

    /// <summary>The two leases, which differ only in what C may write to, are one struct elsewhere.</summary>
    private static string CommonName(string name) =>
        name is "bips_write_lease" or "bips_read_lease" ? "Lease" : SourceText.Pascal(name["bips_".Length..]);

    private static string Constant(string text, string name) =>
        SourceText.Find(text, $@"private const int {name} = (?<value>\d+);").Single()["value"].Value;
}
