using System.Diagnostics;
using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Foreign;

/// <summary>Where <c>./build.sh native</c> put the library, the headers and the Python package, if it ran.</summary>
internal static class ForeignPrefix
{
    /// <summary>Environment variable that tells the processes of a trial where the compiled consumer is.</summary>
    public const string ProgramVariable = "BIPS_BENCHMARKS_SINK";

    private const string HowToBuild = "not measured; run ./build.sh native first";

    private static readonly string? s_path = Find();

    /// <summary>Why there is no C consumer; null when there can be one.</summary>
    public static string? ObstacleOfC => s_path is null ? HowToBuild
        : SearchPath.Has("gcc") ? null : Native.Presence.Missing("gcc libc6-dev");

    /// <summary>Why there is no Python consumer; null when there can be one.</summary>
    public static string? ObstacleOfPython => s_path is null ? HowToBuild
        : File.Exists(Python) ? null : Native.Presence.Missing("python3");

    private static string Python => "/usr/bin/python3";

    private static string Libraries => Path.Combine(s_path!, "lib");

    /// <summary>Compiles the C consumer.</summary>
    /// <returns>What the compiler says when it refuses; null when it does not.</returns>
    public static string? Compile(string program)
    {
        var start = new ProcessStartInfo("gcc",
        [
            "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", Path.Combine(AppContext.BaseDirectory, "sink.c"), "-o", program,
            $"-I{Path.Combine(s_path!, "include")}", $"-L{Libraries}", "-lbips", $"-Wl,-rpath,{Libraries}",
        ])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using Process compiler = Process.Start(start)!;
        string error = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        return compiler.ExitCode == 0 ? null : $"not measured; gcc says: {error.Split('\n')[0]}";
    }

    /// <summary>How the consumer of a language is started.</summary>
    /// <param name="language"><c>c</c> or <c>python</c>.</param>
    /// <param name="pool">Name of the pool.</param>
    /// <param name="directory">Where the pool is.</param>
    public static ProcessStartInfo Describe(string language, string pool, string directory)
    {
        ProcessStartInfo start = language is "c"
            ? new ProcessStartInfo(Environment.GetEnvironmentVariable(ProgramVariable)!, [pool])
            : new ProcessStartInfo(Python, [Path.Combine(AppContext.BaseDirectory, "sink.py"), pool]);
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.Environment["BIPS_DIRECTORY"] = directory;
        start.Environment["PYTHONPATH"] = Path.Combine(Libraries, "python");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return start;
    }

    private static string? Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            string prefix = Path.Combine(directory.FullName, "prefix");
            if (File.Exists(Path.Combine(prefix, "include", "bips", "bips.h")) && File.Exists(Path.Combine(prefix, "lib", "libbips.so")))
            {
                return prefix;
            }
        }

        return null;
    }
}
