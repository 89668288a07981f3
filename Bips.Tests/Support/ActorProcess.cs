using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Bips.Tests.Support;

/// <summary>Another process, driven command by command; killed at the end whatever happens.</summary>
public sealed partial class ActorProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private ActorProcess(Process process) => _process = process;

    public int Id => _process.Id;

    /// <summary>Its process id as it sees it, in its own PID namespace.</summary>
    public int OwnId { get; private set; }

    /// <summary>The program of the other processes.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Bips.Tests.Actor");

    /// <param name="wrapper">A command that runs the one appended to it: in other namespaces, as another user.</param>
    public static ActorProcess Start(params IReadOnlyList<string> wrapper)
    {
        IEnumerable<string> command = [.. wrapper, Program];
        var start = new ProcessStartInfo(command.First(), command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var actor = new ActorProcess(Process.Start(start)!);
        string greeting = actor.Answer();
        Assert.That(greeting, Does.StartWith("ready"));
        actor.OwnId = int.Parse(greeting["ready".Length..], CultureInfo.InvariantCulture);
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

    /// <summary>Waits until it ends by itself.</summary>
    /// <returns>Its exit code; 128 and the number of the signal that ended it.</returns>
    public int WaitForEnd() => _process.WaitForExit(s_patience)
        ? _process.ExitCode
        : throw new TimeoutException("the other process did not end");

    /// <summary>Kills the actor; a wrapper ends with it, after the kernel has dropped everything that it had.</summary>
    public void Kill()
    {
        using Process actor = Process.GetProcessById(Innermost(Id));
        actor.Kill();
        _process.WaitForExit();
    }

    /// <summary>Processor time used so far, by the kernel's account: to the nanosecond, where <c>/proc</c> counts in hundredths of a second.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            Assert.That(GetProcessClock(Id, out int clock), Is.Zero, "errno");
            Assert.That(ReadClock(clock, out Timespec time), Is.Zero);
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
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

    private static int Innermost(int id)
    {
        string children = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/task/{id}/children"));
        return children.Split(' ')[0] is { Length: > 0 } child ? Innermost(int.Parse(child, CultureInfo.InvariantCulture)) : id;
    }

    private string Status() => WaitForEnd().ToString(CultureInfo.InvariantCulture);

    /// <returns>Zero or an errno.</returns>
    [LibraryImport("libc", EntryPoint = "clock_getcpuclockid")]
    private static partial int GetProcessClock(int process, out int clock);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
