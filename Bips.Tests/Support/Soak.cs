namespace Bips.Tests.Support;

/// <summary>
/// How long the long tests are: short in every run, long when <c>BIPS_SOAK=1</c> (<c>./build.sh soak</c>).
/// </summary>
internal static class Soak
{
    private static readonly bool s_isOn = Environment.GetEnvironmentVariable("BIPS_SOAK") is "1";

    public static int Times(int usually, int whenSoaking) => s_isOn ? whenSoaking : usually;
}
