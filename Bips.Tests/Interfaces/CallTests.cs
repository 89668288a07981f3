using System.Text.RegularExpressions;

namespace Bips.Tests.Interfaces;

/// <summary>Every call of <c>bips.h</c> is there in every layer, with the same parameters.</summary>
public sealed class CallTests
{
    private static readonly string s_exports =
        SourceText.Read("native/managed/ProducerExports.cs") + SourceText.Read("native/managed/ConsumerExports.cs");

    [Test]
    public void Shim_has_a_gate_for_each()
    {
        var gates = SourceText.Find(SourceText.Read("native/managed/shim.c"), @"^GATE\((?<name>\w+),");
        Assert.That(gates.Select(gate => $"bips_{gate["name"].Value}"), Is.EqualTo(CHeader.Calls.Keys));
    }

    /// <summary>Nothing else compares these: the linker knows names only.</summary>
    [Test]
    public void Managed_functions_take_the_parameters_of_the_header()
    {
        var managed = SourceText.Find(s_exports,
                @"EntryPoint = ""managed_(?<name>\w+)""\)\]\n    public static int \w+\((?<parameters>[^)]*)\)")
            .ToDictionary(export => $"bips_{export["name"].Value}",
                export => CHeader.ParameterTypes(export["parameters"].Value), StringComparer.Ordinal);
        Assert.That(managed.Keys, Is.EqualTo(CHeader.Calls.Keys));
        foreach ((string name, string[] types) in CHeader.Calls)
        {
            Assert.That(managed[name], Is.EqualTo(types.Select(InCSharp)), name);
        }
    }

    [Test]
    public void Python_declares_each_with_as_many_parameters()
    {
        var declared = SourceText.Find(
            SourceText.Read("python/bips/_abi.py"), @"^\w+ = _function\(""(?<name>\w+)"", (?<types>.*)\)$");
        Assert.That(
            declared.Select(call => (call["name"].Value, call["types"].Value.Split(',').Length)),
            Is.EqualTo(CHeader.Calls.Select(call => (call.Key, call.Value.Length))));
    }

    [Test]
    public void Cpp_has_each_but_the_end_without_a_close()
    {
        string text = SourceText.Read("native/include/bips/bips.hpp");
        Assert.That(
            CHeader.Calls.Keys.Where(call =>
                !Regex.IsMatch(text, $@"\b{call}\b", RegexOptions.None, TimeSpan.FromSeconds(1))),
            Is.EqualTo(["bips_producer_end"]));
    }

    private static string InCSharp(string type) => type switch
    {
        "int64_t" => "long",
        "uint32_t" => "uint",
        "uint32_t *" => "uint*",
        "int *" => "int*",
        "const char *" => "byte*",
        "bips_producer *" or "bips_consumer *" => "nint",
        "bips_producer **" or "bips_consumer **" => "nint*",
        "bips_write_lease *" or "bips_read_lease *" => "NativeLease*",
        _ => $"Native{SourceText.Pascal(type.Replace("const ", "", StringComparison.Ordinal)["bips_".Length..^2])}*",
    };
}
