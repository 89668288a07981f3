using System.Runtime.InteropServices;

namespace Bips.Benchmarks.Imports;

/// <summary>Whether libraries that only comparisons need are there.</summary>
internal static class Presence
{
    /// <returns>What to do about it when one of the libraries cannot be loaded; null when all can.</returns>
    public static string? Obstacle(string packages, params string[] libraries)
    {
        bool areThere = Array.TrueForAll(libraries, library => NativeLibrary.TryLoad(library, out _));
        return areThere ? null : Missing(packages);
    }

    public static string Missing(string packages) => $"not measured; apt-get install {packages}";
}
