using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Imports;

namespace Bips.Benchmarks.Foreign;

/// <summary>Where <c>./build.sh native</c> put the library, the headers and the Python package, if it ran.</summary>
internal static class ForeignPrefix
{
    public const string Python = "/usr/bin/python3";

    private const string HowToBuild = "not measured; run ./build.sh native first";

    private static readonly string? s_path = Find();

    /// <summary>Why there is nothing in C; null when there can be.</summary>
    public static string? ObstacleOfC => s_path is null ? HowToBuild
        : SearchPath.Has("gcc") ? null
        : Presence.Missing("gcc libc6-dev");

    /// <summary>Why there is nothing in Python; null when there can be.</summary>
    public static string? ObstacleOfPython => s_path is null ? HowToBuild
        : File.Exists(Python) ? null
        : Presence.Missing("python3");

    public static string Headers => Path.Combine(s_path!, "include");

    public static string Libraries => Path.Combine(s_path!, "lib");

    private static string? Find()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        for (; directory is not null; directory = directory.Parent)
        {
            string prefix = Path.Combine(directory.FullName, "prefix");
            if (File.Exists(Path.Combine(prefix, "include", "bips", "bips.h")) &&
                File.Exists(Path.Combine(prefix, "lib", "libbips.so")))
            {
                return prefix;
            }
        }

        return null;
    }
}
