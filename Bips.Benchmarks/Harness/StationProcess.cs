using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Bips.Benchmarks.Harness;

/// <summary>A child process of a trial: this program with a role. It ends when it is done, when disposed, or when this process ends.</summary>
internal sealed class StationProcess : IDisposable
{
    /// <summary>Name of the sub-command that a child is started with.</summary>
    public const string Command = "role";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly string _words;

    private StationProcess(Process process, string words)
    {
        _process = process;
        _words = words;
    }

    /// <param name="words">Role and <c>key=value</c> words, separated by blanks.</param>
    public static StationProcess Start(string words) =>
        new(Process.Start(Describe(words)) ?? throw new InvalidOperationException($"Cannot start '{Environment.ProcessPath}'."), words);

    /// <summary>How a process with a role is started.</summary>
    public static ProcessStartInfo Describe(string words)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("This process does not know its program.");
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (string.Equals(Path.GetFileNameWithoutExtension(program), "dotnet", StringComparison.Ordinal))
        {
            start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        }

        start.ArgumentList.Add(Command);
        foreach (string word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            start.ArgumentList.Add(word);
        }

        return start;
    }

    /// <summary>Waits for all and takes their <c>name value</c> lines.</summary>
    /// <exception cref="InvalidOperationException">One of them failed, or took too long.</exception>
    public static void ReadAll(IReadOnlyList<StationProcess> processes, Dictionary<string, double> values)
    {
        Task<string>[] outputs = [.. processes.Select(process => process._process.StandardOutput.ReadToEndAsync())];
        var pending = new List<Task<string>>(outputs);
        using var patience = new CancellationTokenSource(s_patience);
        while (pending.Count > 0)
        {
            int done = Task.WaitAny([.. pending], (int)s_patience.TotalMilliseconds, patience.Token);
            StationProcess process = processes[Array.IndexOf(outputs, pending[done])];
            process._process.WaitForExit();
            if (process._process.ExitCode != 0)
            {
                throw new InvalidOperationException(
                    $"A process of the trial ended with code {process._process.ExitCode}: {process._words}. What it said is above.");
            }

            Parse(pending[done].GetAwaiter().GetResult(), values);
            pending.RemoveAt(done);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static void Parse(string output, Dictionary<string, double> values)
    {
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ');
            values[parts[0]] = double.Parse(parts[1], CultureInfo.InvariantCulture);
        }
    }
}
