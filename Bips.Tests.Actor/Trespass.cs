using System.Globalization;
using System.Runtime.InteropServices;

namespace Bips.Tests.Actor;

/// <summary>
/// Writes into the pool object where this process has mapped it without the right to write; the process dies.
/// </summary>
internal static unsafe partial class Trespass
{
    private const int ReadWrite = 3;

    /// <summary>
    /// Writes one byte at offset <c>at</c> of the pool object; with <c>unprotect=1</c> asks the kernel for the right
    /// first.
    /// </summary>
    public static string Perform(Arguments arguments)
    {
        string name = "/bips." + arguments.Text("name");
        string line = File.ReadLines("/proc/self/maps").First(line => line.EndsWith(name, StringComparison.Ordinal));
        nuint start = nuint.Parse(line.AsSpan(0, line.IndexOf('-', StringComparison.Ordinal)), NumberStyles.HexNumber,
            CultureInfo.InvariantCulture);
        byte* target = (byte*)start + arguments.Number("at");
        if (arguments.Number("unprotect") != 0)
        {
            nuint page = (nuint)target & ~((nuint)Environment.SystemPageSize - 1);
            return MProtect((void*)page, (nuint)Environment.SystemPageSize, ReadWrite) == 0
                ? "ok"
                : $"error {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
        }

        *target = 1;
        return "ok";
    }

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int MProtect(void* address, nuint length, int protection);
}
