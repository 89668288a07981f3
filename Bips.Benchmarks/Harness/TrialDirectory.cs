using System.Globalization;

namespace Bips.Benchmarks.Harness;

/// <summary>
/// Where the shared memory of one trial is. It is removed when it is disposed or when this process ends. The next run
/// removes what a killed process left.
/// </summary>
/// <remarks>
/// Its owner locks a file in it for as long as it lives. The kernel drops the lock at the owner's death, so namespaces
/// and reused process numbers do not matter. Whoever removes a directory holds that lock meanwhile; an owner that has
/// made its directory and not yet locked it then fails to lock it, and takes another name.
/// </remarks>
internal sealed class TrialDirectory : IDisposable
{
    private const string SharedMemory = "/dev/shm";
    private const string Prefix = "bips-benchmarks-";
    private const string LockName = "lock";

    /// <summary>
    /// The first few failures may come from somebody who removed the directory; more of them have another reason.
    /// </summary>
    private const int Attempts = 5;

    private static int s_count;

    private readonly FileStream _lock;

    private TrialDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
        AppDomain.CurrentDomain.ProcessExit += RemoveAtExit;
    }

    /// <summary>How the names of all directories of this process begin.</summary>
    public static string NamePrefix => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-");

    public string Path { get; }

    /// <summary>Makes an empty one.</summary>
    /// <param name="root">Where.</param>
    public static TrialDirectory Create(string root = SharedMemory)
    {
        for (int attempt = 1; ; attempt++)
        {
            string name = NamePrefix + Interlocked.Increment(ref s_count).ToString(CultureInfo.InvariantCulture);
            string path = Directory.CreateDirectory(System.IO.Path.Combine(root, name)).FullName;
            try
            {
                return new TrialDirectory(path, Lock(path, FileMode.CreateNew));
            }
            catch (IOException) when (attempt < Attempts)
            {
                // Somebody took it for a dead process's.
            }
        }
    }

    /// <summary>Removes what belongs to processes that were killed.</summary>
    /// <param name="root">Where to look.</param>
    /// <returns>How many directories are gone.</returns>
    public static int RemoveAbandoned(string root = SharedMemory) =>
        Directory.GetDirectories(root, Prefix + "*").Count(RemoveIfAbandoned);

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= RemoveAtExit;
        RemoveAtExit(sender: null, EventArgs.Empty);
    }

    private static bool RemoveIfAbandoned(string path)
    {
        // Without a lock file, its owner is about to lock it, or died just before it could, or is an older release
        // without locks.
        if (!File.Exists(System.IO.Path.Combine(path, LockName)) && Directory.Exists($"/proc/{OwnerOf(path)}"))
        {
            return false;
        }

        try
        {
            using FileStream held = Lock(path, FileMode.OpenOrCreate);
            Directory.Delete(path, recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its owner lives, or it is another user's, or another run removes it, too.
            return false;
        }
    }

    private static string OwnerOf(string path) => System.IO.Path.GetFileName(path)[Prefix.Length..].Split('-')[0];

    private static FileStream Lock(string path, FileMode mode) =>
        new(System.IO.Path.Combine(path, LockName), mode, FileAccess.ReadWrite, FileShare.None);

    private void RemoveAtExit(object? sender, EventArgs e)
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }

        _lock.Dispose();
    }
}
