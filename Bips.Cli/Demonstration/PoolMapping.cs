using System.Globalization;

namespace Bips.Cli.Demonstration;

/// <summary>Where a process has a pool object mapped, as the kernel says in <c>/proc/PID/maps</c>.</summary>
/// <param name="Start">First address.</param>
/// <param name="Length">Bytes mapped.</param>
/// <param name="Offset">Offset in the object.</param>
/// <param name="Permissions">Such as <c>r--s</c>.</param>
/// <param name="Identity">Device and inode of the object.</param>
internal sealed record PoolMapping(ulong Start, ulong Length, ulong Offset, string Permissions, string Identity)
{
    /// <summary>Whether two processes see the same part of the same object.</summary>
    public bool IsSameMemoryAs(PoolMapping other) => Offset == other.Offset && Length == other.Length &&
        IsShared && other.IsShared && string.Equals(Identity, other.Identity, StringComparison.Ordinal);

    private bool IsShared => Permissions.EndsWith('s');

    /// <summary>Finds the mapping of a process that opened the pool by its name.</summary>
    /// <returns>Null when the process has gone or has not mapped the pool.</returns>
    public static PoolMapping? FindByName(int process, string pool) =>
        Find(process, line => Name(line).EndsWith($"/bips.{pool}", StringComparison.Ordinal));

    /// <summary>
    /// Finds the mapping of the same object in another process, such as its producer, which mapped it before it had a
    /// name.
    /// </summary>
    /// <inheritdoc cref="FindByName" path="/returns"/>
    public PoolMapping? FindSameObject(int process) =>
        Find(process, line => string.Equals(Parse(line).Identity, Identity, StringComparison.Ordinal));

    private static PoolMapping? Find(int process, Func<string, bool> isWanted)
    {
        try
        {
            return File.ReadLines($"/proc/{process}/maps").FirstOrDefault(isWanted) is { } line ? Parse(line) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Name(string line)
    {
        const string unlinked = " (deleted)";
        return line.EndsWith(unlinked, StringComparison.Ordinal) ? line[..^unlinked.Length] : line;
    }

    /// <param name="line">Such as <c>7f10-7f20 r--s 0000 00:17 42 /dev/shm/bips.cam</c>.</param>
    public static PoolMapping Parse(string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] range = fields[0].Split('-');
        ulong start = ParseHexadecimal(range[0]);
        return new PoolMapping(start, ParseHexadecimal(range[1]) - start, ParseHexadecimal(fields[2]), fields[1],
            $"{fields[3]}:{fields[4]}");
    }

    private static ulong ParseHexadecimal(string text) =>
        ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
