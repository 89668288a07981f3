using System.Diagnostics;
using System.Globalization;

namespace Bips.Torture;

/// <summary>One process of the run, and what it has said.</summary>
internal sealed class Actor : IDisposable
{
    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly Task _reader;

    /// <param name="step">Where it is to die by its own hand; empty for nowhere.</param>
    /// <param name="occurrence">At which occurrence of the step.</param>
    /// <param name="urgent">Runs before others: the run has more processes than processors, and what is timed is Bips and not
    /// the queue for a processor.</param>
    /// <param name="arguments">What it is to do.</param>
    public Actor(string step, int occurrence, bool urgent, params string[] arguments)
    {
        Step = step;
        string[] all = [.. arguments, "--die-at", step, "--occurrence", occurrence.ToString(CultureInfo.InvariantCulture)];
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, all)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        _process.PriorityClass = urgent ? ProcessPriorityClass.AboveNormal : ProcessPriorityClass.Normal;
        _reader = Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning);
    }

    /// <summary>Where it is to die by its own hand; empty for wherever it is killed.</summary>
    public string Step { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Whether it ended by SIGKILL.</summary>
    public bool WasKilled => _process.HasExited && _process.ExitCode == 128 + 9;

    public int ExitCode => _process.ExitCode;

    public bool WaitForExit(TimeSpan patience) => _process.WaitForExit(patience);

    public void Kill() => _process.Kill();

    /// <summary>Stops the process, does nothing for a while, and lets it go on.</summary>
    public void Pause(TimeSpan duration)
    {
        Signal("-STOP");
        using var never = new ManualResetEventSlim();
        never.Wait(duration);
        Signal("-CONT");
    }

    /// <summary>Asks it to end by itself.</summary>
    public void EndInput() => _process.StandardInput.Close();

    /// <summary>All that it has said so far; after its exit, all that it ever said.</summary>
    public string[] Lines()
    {
        if (_process.HasExited)
        {
            _reader.Wait(TimeSpan.FromSeconds(5));
        }

        lock (_lock)
        {
            return [.. _lines];
        }
    }

    public bool HasSaid(string beginning) => Lines().Any(line => line.StartsWith(beginning, StringComparison.Ordinal));

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Signal(string signal)
    {
        string id = _process.Id.ToString(CultureInfo.InvariantCulture);
        using Process kill = Process.Start(new ProcessStartInfo("kill", [signal, id])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        kill.WaitForExit();
    }

    private void Read()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            lock (_lock)
            {
                _lines.Add(line);
            }
        }
    }
}
