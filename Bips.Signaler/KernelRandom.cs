using System.Runtime.InteropServices;
using Bips.Signaler.Kernel;

namespace Bips.Signaler;

/// <summary>Random numbers from the kernel. The framework's come from OpenSSL, which slim images lack.</summary>
/// <remarks>Thread-safe. Source: getrandom(2), Linux 3.17.</remarks>
internal static unsafe class KernelRandom
{
    /// <summary>64 random bits.</summary>
    /// <exception cref="PlatformNotSupportedException">The kernel has no random numbers to give.</exception>
    public static ulong NextUInt64()
    {
        ulong value;
        Fill((byte*)&value, sizeof(ulong));
        return value;
    }

    /// <summary>128 random bits.</summary>
    /// <inheritdoc cref="NextUInt64" path="/exception"/>
    public static UInt128 NextUInt128() => new(NextUInt64(), NextUInt64());

    private static void Fill(byte* bytes, nuint length)
    {
        // Up to 256 bytes come whole; a signal can end the call only while the kernel still gathers its first entropy.
        while (LibC.GetRandom(bytes, length, 0) != (nint)length)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != LibC.EINTR)
            {
                throw new PlatformNotSupportedException(
                    $"The kernel gives no random numbers: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
            }
        }
    }
}
