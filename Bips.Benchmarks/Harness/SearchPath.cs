namespace Bips.Benchmarks.Harness;

/// <summary>The programs that this process can start by name.</summary>
internal static class SearchPath
{
    /// <returns>Where it is; null where it is not.</returns>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, program))
        .FirstOrDefault(File.Exists);

    public static bool Has(string program) => Find(program) is not null;
}
