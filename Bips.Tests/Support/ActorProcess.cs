using System.Diagnostics;
using System.Globalization;

namespace Bips.Tests.Support;

/// <summary>Another process, driven command by command; killed at the end whatever happens.</summary>
public sealed class ActorProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private ActorProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static ActorProcess Start()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Bips.Tests.Actor");
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var actor = new ActorProcess(Process.Start(start)!);
        Assert.That(actor.Answer(), Does.StartWith("ready"));
        return actor;
    }

    /// <summary>Says a command and waits for the answer.</summary>
    public string Do(string command)
    {
        Say(command);
        return Answer();
    }

    /// <summary>Says a command whose answer is asked for later.</summary>
    public void Say(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
    }

    public string Answer()
    {
        Task<string?> line = _process.StandardOutput.ReadLineAsync();
        return line.Wait(s_patience)
            ? line.Result ?? throw new InvalidOperationException($"the other process ended with {Status()}")
            : throw new TimeoutException("the other process did not answer");
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Processor time used so far, by the kernel's account.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
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

    private string Status() => _process.WaitForExit(s_patience)
        ? _process.ExitCode.ToString(CultureInfo.InvariantCulture)
        : "no exit code";
}
