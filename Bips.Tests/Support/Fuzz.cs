using System.Globalization;

namespace Bips.Tests.Support;

/// <summary>
/// Random choices that a test can repeat: it prints the seed, and <c>BIPS_SEED</c> sets it.
/// </summary>
internal static class Fuzz
{
    private static readonly ulong[] s_edges =
    [
        0, 1, 2, 3, 4, 7, 8, 9, 63, 64, 65, 255, 256, 4095, 4096, 4097, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
        0x1_0000_0000,
        0x0101_0101_0101_0101, 1UL << 52, (1UL << 52) - 1, long.MaxValue, 1UL << 63, ulong.MaxValue - 1, ulong.MaxValue,
    ];

    public static Random NewRandom()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("BIPS_SEED"), CultureInfo.InvariantCulture,
            out int chosen)
            ? chosen
            : Random.Shared.Next();
        TestContext.Out.WriteLine($"again: BIPS_SEED={seed}");
        return new Random(seed);
    }

    /// <returns>Any value; mostly one near a limit, or near the value that should be there.</returns>
    public static ulong NextHostile(this Random random, ulong near) => random.Next(4) switch
    {
        0 => s_edges[random.Next(s_edges.Length)],
        1 => near + (ulong)random.Next(-3, 4),
        2 => near ^ (1UL << random.Next(64)),
        _ => (ulong)random.NextInt64() >> random.Next(64),
    };
}
