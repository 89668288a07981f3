using System.Runtime.InteropServices;

namespace Bips.Signaler;

/// <summary>What Bips runs on: 64-bit little-endian Linux on x86-64 and arm64.</summary>
public static class Platform
{
    /// <summary>Whether this process can use Bips.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && BitConverter.IsLittleEndian &&
        RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <exception cref="PlatformNotSupportedException">This is another system or processor.</exception>
    public static void ThrowIfUnsupported()
    {
        if (!IsSupported)
        {
            throw new PlatformNotSupportedException(
                $"Bips runs on Linux on x86-64 and arm64; this is {RuntimeInformation.OSDescription} on " +
                $"{RuntimeInformation.ProcessArchitecture}.");
        }
    }
}
