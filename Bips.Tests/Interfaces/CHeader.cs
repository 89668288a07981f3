using System.Globalization;
using System.Text.RegularExpressions;

namespace Bips.Tests.Interfaces;

/// <summary><c>bips.h</c>, which the other faces of the library must agree with.</summary>
internal static class CHeader
{
    private static readonly string s_text = Regex.Replace(SourceText.Read("native/include/bips/bips.h"),
        @"/\*.*?\*/", "", RegexOptions.Singleline, TimeSpan.FromSeconds(10));

    public static IReadOnlyDictionary<string, long> Statuses { get; } = ConstantsBeside("BIPS_OK");

    public static IReadOnlyDictionary<string, long> Overflows { get; } = ConstantsBeside("BIPS_BLOCK");

    public static IReadOnlyDictionary<string, long> WaitModes { get; } = ConstantsBeside("BIPS_WAIT_BALANCED");

    public static int AbiVersion { get; } = int.Parse(
        SourceText.Find(s_text, @"^#define BIPS_ABI_VERSION (?<version>\d+)u$").Single()["version"].Value,
        CultureInfo.InvariantCulture);

    /// <summary>Names of the structs that C programs see into.</summary>
    public static IReadOnlyList<string> Structs { get; } =
        [.. SourceText.Find(s_text, @"^typedef struct (?<name>\w+) \{").Select(found => found["name"].Value)];

    /// <summary>The functions that take or make a handle: name, and types of the parameters.</summary>
    public static IReadOnlyDictionary<string, string[]> Calls { get; } = SourceText
        .Find(s_text, @"^bips_status (?<name>bips_\w+)\((?<parameters>[^)]*)\);")
        .ToDictionary(
            call => call["name"].Value, call => ParameterTypes(call["parameters"].Value), StringComparer.Ordinal);

    /// <summary>The fields of a struct in order, each with its type.</summary>
    public static IReadOnlyList<(string Name, string Type)> Fields(string structName) =>
    [
        .. SourceText.Find(SourceText.Between(s_text, $"typedef struct {structName} {{", "}"),
                @"^ +(?<type>(const )?\w+ \*?)(?<name>\w+)(\[(?<count>\d+)\])?;")
            .Select(field => (field["name"].Value, field["type"].Value.Trim() switch
            {
                [.., '*'] => "pointer",
                var element when field["count"].Success => $"{element}[{field["count"].Value}]",
                var type => type,
            })),
    ];

    /// <summary>What a function of defaults puts into each field, as it is written there.</summary>
    public static IReadOnlyDictionary<string, string> Defaults(string structName)
    {
        string[] values = SourceText.Between(s_text, $"{structName} options = {{", "}").Split(',');
        IReadOnlyList<(string Name, string Type)> fields = Fields(structName);
        Assert.That(values, Has.Length.EqualTo(fields.Count), structName);
        return fields.Zip(values)
            .ToDictionary(pair => pair.First.Name, pair => pair.Second.Trim(), StringComparer.Ordinal);
    }

    public static string[] ParameterTypes(string parameters) =>
    [
        .. parameters.Split(',').Select(parameter =>
            SourceText.Find(parameter.Trim(), @"^(?<type>.*?)\w+$").Single()["type"].Value.Trim()),
    ];

    private static Dictionary<string, long> ConstantsBeside(string name)
    {
        string list = SourceText.Find(s_text, @"^enum \{(?<list>[^}]*)\};").Select(found => found["list"].Value)
            .Single(list => list.Contains($"{name} = ", StringComparison.Ordinal));
        return SourceText.Find(list, @"^ +(?<name>BIPS_\w+) = (?<value>-?\d+)").ToDictionary(
            found => found["name"].Value,
            found => long.Parse(found["value"].Value, CultureInfo.InvariantCulture),
            StringComparer.Ordinal);
    }
}
