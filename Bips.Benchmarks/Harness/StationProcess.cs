using System.Globalization;
using System.Reflection;
using Bips.Processes;

namespace Bips.Benchmarks.Harness;

/// <summary>
/// A process of a trial: this program with a role. It ends when it is done, when disposed, or when this process ends.
/// </summary>
internal sealed class StationProcess : IDisposable
{
    /// <summary>Name of the sub-command that a process with a role is started with.</summary>
    public const string Command = "role";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly ChildProcess _child;

    private StationProcess(ChildProcess child) => _child = child;

    /// <param name="words">Role and <c>key=value</c> words, separated by blanks.</param>
    public static StationProcess Start(string words) => new(StartChild(words, new ChildOptions { Name = words }));

    /// <summary>Starts this program with a role.</summary>
    /// <param name="words">Role and <c>key=value</c> words, separated by blanks.</param>
    /// <param name="options">How to start it.</param>
    public static ChildProcess StartChild(string words, ChildOptions options)
    {
        string program = Environment.ProcessPath
            ?? throw new InvalidOperationException("This process does not know its program.");
        bool isHost = Path.GetFileNameWithoutExtension(program) is "dotnet";
        string[] assembly = isHost ? [Assembly.GetExecutingAssembly().Location] : [];
        string[] role = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return ChildProcess.Start(program, [.. assembly, Command, .. role], options);
    }

    /// <summary>Waits until all have ended, and takes their <c>name value</c> lines.</summary>
    /// <exception cref="InvalidOperationException">One of them failed.</exception>
    /// <exception cref="TimeoutException">They took too long.</exception>
    public static void ReadAll(IReadOnlyList<StationProcess> processes, Dictionary<string, double> values)
    {
        // Others may wait for ever for one that has failed, so each is looked at as soon as it ends.
        var pending = processes.Select(process => (process._child, Exit: process._child.WaitForExitAsync(s_patience)))
            .ToList();
        while (pending.Count > 0)
        {
            int done = Task.WaitAny([.. pending.Select(process => process.Exit)]);
            (ChildProcess child, Task<int> exit) = pending[done];
            if (exit.GetAwaiter().GetResult() is not 0 and int code)
            {
                throw new InvalidOperationException(child.Message($"ended with code {code}"));
            }

            Parse(child.OutputLines, values);
            pending.RemoveAt(done);
        }
    }

    public void Dispose() => _child.Dispose();

    private static void Parse(IEnumerable<string> lines, Dictionary<string, double> values)
    {
        foreach (string[] parts in lines.Where(line => line.Length > 0).Select(line => line.Split(' ')))
        {
            values[parts[0]] = double.Parse(parts[1], CultureInfo.InvariantCulture);
        }
    }
}
