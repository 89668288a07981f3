using System.Text.RegularExpressions;

namespace Bips;

/// <summary>Names of a pool's two objects.</summary>
internal sealed partial class PoolPaths
{
    private const string LanesSuffix = ".lanes";

    public PoolPaths(string name, string directory)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!ValidName().IsMatch(name) || name.EndsWith(LanesSuffix, StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"'{name}' is not a pool name: 1 to 200 letters, digits, '.', '_' or '-', starting with a letter or a digit " +
                $"and not ending in '{LanesSuffix}'.",
                nameof(name));
        }

        Name = name;
        Directory = directory;
        Pool = Path.Combine(directory, "bips." + name);
        Lanes = Pool + LanesSuffix;
    }

    /// <summary>Where pools live unless an option says otherwise.</summary>
    public static string DefaultDirectory =>
        Environment.GetEnvironmentVariable("BIPS_DIRECTORY") is { Length: > 0 } chosen ? chosen : "/dev/shm";

    public string Name { get; }

    public string Directory { get; }

    public string Pool { get; }

    public string Lanes { get; }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ValidName();
}
