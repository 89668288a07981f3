using Bips.Cli;

namespace Bips.Tests.Cli;

/// <summary>The exit codes are complete, distinct and written down.</summary>
public sealed class ExitCodeTableTests
{
    [Test]
    public void Every_error_of_the_library_that_a_user_can_cause_has_a_code_of_its_own()
    {
        BipsError[] internals = [BipsError.System, BipsError.LeaseLimit, BipsError.LeaseEnded, BipsError.ForkedChild];
        ExitCode[] codes = [.. Enum.GetValues<BipsError>().Except(internals).Select(ExitCodes.Of)];

        Assert.That(codes, Has.None.EqualTo(ExitCode.Failure));
        Assert.That(codes.Distinct().Count(), Is.EqualTo(codes.Length - 1),
            "only 'no pool' and 'another version' share one");
    }

    [Test]
    public void Every_code_is_described_in_the_help_and_in_the_documentation()
    {
        string documentation = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "cli.md"));
        foreach (ExitCode code in Enum.GetValues<ExitCode>())
        {
            Assert.That(ExitCodes.Table(), Does.Contain($"{(int)code}  {ExitCodes.Describe(code)}"));
            Assert.That(documentation, Does.Contain($"| {(int)code} |"));
        }
    }

    private static string RepositoryRoot()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "bips.sln")))
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        return directory;
    }
}
