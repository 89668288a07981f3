using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace Bips.Memory;

/// <summary>Where a pool is found: two files of one name in a directory.</summary>
/// <remarks>
/// All that depends on the pool having a name is here: how its two objects are made, opened, given their names and
/// removed, whether what was opened is still what the name leads to, and what messages call it.
/// </remarks>
internal sealed partial class PoolPlace
{
    private const string LanesSuffix = ".lanes";
    private readonly string _lanes;

    /// <exception cref="ArgumentException">The name is not a pool name, or the directory is empty.</exception>
    public PoolPlace(string name, string directory)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!ValidName().IsMatch(name) || name.EndsWith(LanesSuffix, StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"'{name}' is not a pool name: 1 to 200 letters, digits, '.', '_' or '-', starting with a letter or " +
                $"a digit and not ending in '{LanesSuffix}'.",
                nameof(name));
        }

        Name = name;
        Directory = directory;
        PoolPath = Path.Combine(directory, "bips." + name);
        _lanes = PoolPath + LanesSuffix;
    }

    /// <summary>Where pools live unless an option says otherwise.</summary>
    public static string DefaultDirectory =>
        Environment.GetEnvironmentVariable("BIPS_DIRECTORY") is { Length: > 0 } chosen ? chosen : "/dev/shm";

    /// <summary>The pool's name, as the user gave it.</summary>
    public string Name { get; }

    /// <summary>The directory, as the user gave it.</summary>
    public string Directory { get; }

    /// <summary>What messages call the pool object.</summary>
    public string PoolPath { get; }

    /// <summary>What messages call the lanes object.</summary>
    public string LanesPath => _lanes;

    /// <summary>Opens the pool object, which anybody may have written.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="BipsException">It exists and may not be opened, or is no regular file.</exception>
    public SafeFileHandle? TryOpenPool(bool writable) => ObjectFile.TryOpen(PoolPath, writable);

    /// <summary>Opens the lanes object, which may be another pool's.</summary>
    /// <inheritdoc cref="TryOpenPool"/>
    public SafeFileHandle? TryOpenLanes() => ObjectFile.TryOpen(_lanes, writable: true);

    /// <summary>Makes an object of this place that has no name yet, with memory reserved for all of it.</summary>
    /// <exception cref="BipsException">There is not enough memory, or the directory is not fit for a pool.</exception>
    public SafeFileHandle CreateUnnamed(long length)
    {
        SafeFileHandle file = ObjectFile.CreateUnnamed(Directory);
        try
        {
            ObjectFile.Reserve(file, length, Directory);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Gives a pool object its name.</summary>
    /// <returns>False when the name is taken.</returns>
    public bool TryLinkPool(SafeFileHandle pool) => ObjectFile.Link(pool, PoolPath);

    /// <summary>
    /// Gives a lanes object its name. The caller has the name of the pool and its lock, so whatever lanes object stands
    /// there belongs to a dead pool and is removed.
    /// </summary>
    public void LinkLanes(SafeFileHandle lanes)
    {
        while (!ObjectFile.Link(lanes, _lanes))
        {
            ObjectFile.Unlink(_lanes);
        }
    }

    /// <summary>Whether the name still leads to this pool object, and not to a later one.</summary>
    public bool IsCurrent(SafeFileHandle pool) => ObjectFile.IsLinkedAt(pool, PoolPath);

    /// <summary>Removes both names, the pool's last. Nothing happens to a name that is gone.</summary>
    public void Unlink()
    {
        ObjectFile.Unlink(_lanes);
        UnlinkPool();
    }

    /// <summary>Removes the name of the pool object alone.</summary>
    public void UnlinkPool() => ObjectFile.Unlink(PoolPath);

    /// <summary>Watches, from now on, for a pool to appear here.</summary>
    public DirectoryWatch Watch() => new(Directory);

    [GeneratedRegex(
        @"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ValidName();
}
