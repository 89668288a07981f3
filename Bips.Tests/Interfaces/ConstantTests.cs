using System.Globalization;
using Bips.Signaler;

namespace Bips.Tests.Interfaces;

/// <summary>Statuses and other constants have one number in every language.</summary>
public sealed class ConstantTests
{
    /// <summary>Statuses that Python raises as a plain <c>BipsError</c>, or as another's class.</summary>
    private static readonly string[] s_plainInPython =
    [
        "BIPS_OK", "BIPS_E_SYSTEM", "BIPS_E_HANDLE", "BIPS_E_STRUCT_SIZE", "BIPS_E_FOREIGN_LEASE", "BIPS_E_UNEXPECTED",
    ];

    [Test]
    public void Statuses_are_those_of_the_library()
    {
        var inCode = Enum.GetValues<PullStatus>().Where(status => status != PullStatus.Success)
            .ToDictionary(status => Name("BIPS_", $"{status}"), status => (long)status, StringComparer.Ordinal);
        foreach (BipsError error in Enum.GetValues<BipsError>())
        {
            // These two are outcomes in C, as they are for a pull.
            if (error is not (BipsError.PoolReplaced or BipsError.Evicted))
            {
                inCode.Add(ErrorName($"{error}"), -(long)error);
            }
        }

        foreach ((string name, long value) in ManagedStatuses())
        {
            inCode.Add(name, value);
        }

        Assert.That(inCode, Is.EquivalentTo(CHeader.Statuses));
    }

    [Test]
    public void Every_status_has_a_number_of_its_own() => Assert.That(CHeader.Statuses.Values, Is.Unique);

    [Test]
    public void Every_status_can_be_named() => Assert.That(
        SourceText.Find(SourceText.Read("native/managed/shim.c"), @"NAME\((?<name>BIPS_\w+)\);")
            .Select(name => name["name"].Value),
        Is.EqualTo(CHeader.Statuses.Keys));

    [TestCase("status", "BIPS_(E_)?")]
    [TestCase("overflow", "BIPS_")]
    [TestCase("wait_mode", "BIPS_WAIT_")]
    public void Enum_of_cpp_has_every_constant_under_its_own_name(string name, string prefix)
    {
        string list = SourceText.Between(SourceText.Read("native/include/bips/bips.hpp"), $"enum class {name} : ", "}");
        var found = SourceText.Find(list, @$"(?<own>\w+) = (?<c>{prefix}(?<tail>\w+))");
        IReadOnlyDictionary<string, long> constants = name switch
        {
            "status" => CHeader.Statuses,
            "overflow" => CHeader.Overflows,
            _ => CHeader.WaitModes,
        };
        Assert.That(found.Select(constant => constant["c"].Value), Is.EqualTo(constants.Keys));
        foreach (var constant in found)
        {
            // The outcome of a pull has the name already.
            string own = constant["c"].Value is "BIPS_E_PRODUCER_LOST" ? "NO_PRODUCER" : constant["tail"].Value;
            Assert.That(constant["own"].Value.ToUpperInvariant(), Is.EqualTo(own));
        }
    }

    [Test]
    public void Exceptions_of_python_carry_their_status()
    {
        var classes = SourceText.Find(SourceText.Read("python/bips/_errors.py"),
                @"^class (?<name>\w+)\(.*\):(\n(?!class ).*)*?\n    status = (?<value>-?[1-9]\d*)$")
            .ToDictionary(found => PythonName(found["name"].Value, Number(found["value"].Value)),
                found => Number(found["value"].Value), StringComparer.Ordinal);
        Assert.That(classes, Is.EquivalentTo(CHeader.Statuses.Where(status => !s_plainInPython.Contains(status.Key))));
    }

    [Test]
    public void Statuses_that_python_names_are_those_of_the_header()
    {
        var named = SourceText.Find(SourceText.Read("python/bips/_abi.py"), @"^(?<name>[A-Z_]+) = (?<value>-?\d+)$")
            .Where(constant => Status(constant["name"].Value) is not null).ToArray();
        Assert.That(named, Is.Not.Empty);
        foreach (var constant in named)
        {
            string status = constant["name"].Value;
            Assert.That(Number(constant["value"].Value), Is.EqualTo(Status(status)), status);
        }
    }

    [Test]
    public void Overflow_policies_are_those_of_the_library() => Assert.That(
        Enum.GetValues<OverflowKind>()
            .ToDictionary(kind => Name("BIPS_", $"{kind}"), kind => (long)kind, StringComparer.Ordinal),
        Is.EquivalentTo(CHeader.Overflows));

    [Test]
    public void Wait_modes_are_those_of_the_library() => Assert.That(
        Enum.GetValues<WaitMode>()
            .ToDictionary(mode => Name("BIPS_WAIT_", $"{mode}"), mode => (long)mode, StringComparer.Ordinal),
        Is.EquivalentTo(CHeader.WaitModes));

    [TestCase("Overflow", "BIPS_")]
    [TestCase("WaitMode", "BIPS_WAIT_")]
    public void Enum_of_python_has_every_constant(string name, string prefix)
    {
        string body = SourceText.Between(
            SourceText.Read("python/bips/_pool.py"), $"class {name}(enum.IntEnum):", "\n\n\n");
        Assert.That(
            SourceText.Find(body, @"^    (?<name>[A-Z_]+) = (?<value>\d+)$").ToDictionary(
                constant => prefix + constant["name"].Value, constant => Number(constant["value"].Value),
                StringComparer.Ordinal),
            Is.EquivalentTo(name is "Overflow" ? CHeader.Overflows : CHeader.WaitModes));
    }

    private static IEnumerable<(string Name, long Value)> ManagedStatuses() => SourceText
        .Find(SourceText.Read("native/managed/Abi/Status.cs"), @"public const int (?<name>\w+) = (?<value>-?\d+);")
        .Select(constant => (
            constant["name"].Value is "Ok" ? "BIPS_OK" : ErrorName(constant["name"].Value),
            Number(constant["value"].Value)));

    private static string ErrorName(string pascal) =>
        pascal is nameof(BipsError.ForkedChild) ? "BIPS_E_FORKED" : Name("BIPS_E_", pascal);

    private static string Name(string prefix, string pascal) => prefix + SourceText.Snake(pascal).ToUpperInvariant();

    private static string PythonName(string name, long status) => name switch
    {
        "ProducerGone" => "BIPS_E_PRODUCER_LOST",
        "InvalidArgument" => "BIPS_E_ARGUMENT",
        _ when status > 0 => Name("BIPS_", name),
        _ => ErrorName(name),
    };

    private static long? Status(string name) =>
        CHeader.Statuses.TryGetValue($"BIPS_{name}", out long outcome) ? outcome
        : CHeader.Statuses.TryGetValue($"BIPS_E_{name}", out long error) ? error
        : null;

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
