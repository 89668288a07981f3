using System.Diagnostics;
using System.Globalization;
using Bips.Processes;

namespace Bips.Torture;

/// <summary>One process of the run, and what it has said.</summary>
internal sealed class Actor : IDisposable
{
    private readonly ChildProcess _child;

    /// <param name="step">Where it is to die by its own hand; empty for nowhere.</param>
    /// <param name="occurrence">At which occurrence of the step.</param>
    /// <param name="urgent">
    /// Whether it runs before others: the run has more processes than processors, and it times Bips, not the queue for
    /// a processor.
    /// </param>
    /// <param name="arguments">What it is to do.</param>
    public Actor(string step, int occurrence, bool urgent, params string[] arguments)
    {
        string[] death = ["--die-at", step, "--occurrence", occurrence.ToString(CultureInfo.InvariantCulture)];
        _child = ChildProcess.Start(Environment.ProcessPath!, [.. arguments, .. death], new ChildOptions
        {
            Error = ChildOutput.Inherited,
            MayBeKilled = true,
            Priority = urgent ? ProcessPriorityClass.AboveNormal : ProcessPriorityClass.Normal,
        });
    }

    public int Id => _child.Id;

    public bool HasExited => _child.HasExited;

    /// <summary>Whether it ended by SIGKILL.</summary>
    public bool WasKilled => _child.WasKilled;

    public int ExitCode => _child.ExitCode;

    public bool WaitForExit(TimeSpan patience) => _child.TryWaitForExit(patience);

    public void Kill() => _child.Kill();

    /// <summary>Stops the process, does nothing for a while, and lets it go on.</summary>
    public void Pause(TimeSpan duration)
    {
        _child.Send(Signal.Stop);
        using var never = new ManualResetEventSlim();
        never.Wait(duration);
        _child.Send(Signal.Continue);
    }

    /// <summary>Asks it to end by itself.</summary>
    public void EndInput() => _child.EndInput();

    /// <summary>All that it has said so far; after its exit, all that it ever said.</summary>
    public IReadOnlyList<string> Lines()
    {
        if (HasExited)
        {
            WaitForExit(TimeSpan.Zero);
        }

        return _child.OutputLines;
    }

    public void Dispose() => _child.Dispose();
}
