using System.Reflection;
using System.Text;
using Bips.Signaler;
using Bips.Tests.Support;

namespace Bips.Tests;

/// <summary>The public surface changes only on purpose: with the change, the snapshot changes.</summary>
public sealed class ApiSnapshotTests
{
    [TestCase(typeof(Futex))]
    [TestCase(typeof(Producer))]
    public void Public_surface_is_the_recorded_one(Type member)
    {
        string name = member.Assembly.GetName().Name!;
        string path = Path.Combine(Repository.Root, "Bips.Tests", "Snapshots", $"{name}.txt");
        string actual = Describe(member.Assembly);
        if (Environment.GetEnvironmentVariable("BIPS_UPDATE_SNAPSHOTS") is "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.That(actual, Is.EqualTo(File.ReadAllText(path)),
            "if the change is meant: BIPS_UPDATE_SNAPSHOTS=1 ./build.sh test, and commit the snapshot");
    }

    private static string Describe(Assembly assembly)
    {
        const BindingFlags declared =
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(type.FullName).Append('\n');
            foreach (string line in type.GetMembers(declared)
                .Where(found => found is not MethodInfo { IsSpecialName: true })
                .Select(found => $"    {found.MemberType} {found}").Order(StringComparer.Ordinal))
            {
                text.Append(line).Append('\n');
            }
        }

        return text.ToString();
    }
}
