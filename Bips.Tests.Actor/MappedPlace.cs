using System.Globalization;

namespace Bips.Tests.Actor;

/// <summary>
/// Where memory really is: two processes that map the same place of the same file read the same bytes.
/// </summary>
public static unsafe class MappedPlace
{
    /// <returns>Device, inode and offset in the file, by <c>/proc/self/maps</c>; empty for memory of no file.</returns>
    public static string Of(ReadOnlySpan<byte> span)
    {
        fixed (byte* address = span)
        {
            foreach (string line in File.ReadLines("/proc/self/maps"))
            {
                // start-end rights offset device inode path
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                ulong[] range = [.. words[0].Split('-').Select(Hexadecimal)];
                if ((ulong)address >= range[0] && (ulong)address < range[1])
                {
                    return ulong.Parse(words[4], CultureInfo.InvariantCulture) == 0
                        ? ""
                        : string.Create(CultureInfo.InvariantCulture,
                            $"{words[3]}/{words[4]}+{Hexadecimal(words[2]) + (ulong)address - range[0]}");
                }
            }
        }

        return "";
    }

    private static ulong Hexadecimal(string digits) =>
        ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
