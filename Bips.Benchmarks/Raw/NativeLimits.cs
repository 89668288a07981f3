using System.Globalization;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Imports;
using Bips.Processes;

namespace Bips.Benchmarks.Raw;

/// <summary><c>limits.c</c>, compiled when needed; absent on a machine without a C compiler. Not thread-safe.</summary>
internal sealed class NativeLimits : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("bips-limits-").FullName;
    private readonly string _program;

    public NativeLimits()
    {
        _program = Path.Combine(_directory, "limits");
        Obstacle = Compile();
    }

    /// <summary>Why there is nothing to run; null when there is.</summary>
    public string? Obstacle { get; }

    /// <summary>
    /// Runs it and takes its numbers under names that begin with the given one. Does nothing where it is absent.
    /// </summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public void Measure(IDictionary<string, double> values, string name, params IEnumerable<string> arguments)
    {
        if (Obstacle is not null)
        {
            return;
        }

        (int code, string output, string error) = ChildProcess.Run(_program, arguments, s_patience);
        if (code != 0)
        {
            throw new InvalidOperationException(
                $"{_program} {string.Join(' ', arguments)} ended with code {code}: {error}");
        }

        foreach (string[] parts in output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ')))
        {
            values[$"{name}.{parts[0]}"] = double.Parse(parts[1], CultureInfo.InvariantCulture);
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string? Compile()
    {
        if (!SearchPath.Has("gcc"))
        {
            return Presence.Missing("gcc libc6-dev");
        }

        string source = Path.Combine(AppContext.BaseDirectory, "limits.c");
        string[] arguments = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", source, "-o", _program];
        (int code, _, string error) = ChildProcess.Run("gcc", arguments, s_patience);
        return code == 0 ? null : $"not measured; gcc says: {error.Split('\n')[0]}";
    }
}
