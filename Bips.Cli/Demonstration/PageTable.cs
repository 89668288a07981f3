using System.Runtime.InteropServices;

namespace Bips.Cli.Demonstration;

/// <summary>
/// Which physical pages back a mapping, from <c>/proc/PID/pagemap</c> (see <c>pagemap.rst</c> of the kernel).
/// </summary>
internal static class PageTable
{
    private const ulong PresentBit = 1UL << 63;
    private const ulong NumberBits = (1UL << 55) - 1;

    /// <returns>
    /// One number for each page, zero for a page that is not present; null if the kernel does not tell, as it tells
    /// root only.
    /// </returns>
    public static ulong[]? Read(int process, PoolMapping mapping)
    {
        int pageSize = Environment.SystemPageSize;
        ulong[] entries = new ulong[mapping.Length / (ulong)pageSize];
        try
        {
            using var file = File.OpenHandle($"/proc/{process}/pagemap");
            Span<byte> bytes = MemoryMarshal.AsBytes(entries.AsSpan());
            long offset = (long)(mapping.Start / (ulong)pageSize) * sizeof(ulong);
            for (int done = 0; done < bytes.Length;)
            {
                int count = RandomAccess.Read(file, bytes[done..], offset + done);
                if (count == 0)
                {
                    return null;
                }

                done += count;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = (entries[i] & PresentBit) != 0 ? entries[i] & NumberBits : 0;
        }

        return Array.Exists(entries, static number => number != 0) ? entries : null;
    }
}
