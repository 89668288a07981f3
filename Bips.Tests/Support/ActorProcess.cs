using System.Globalization;
using System.Runtime.InteropServices;
using Bips.Processes;

namespace Bips.Tests.Support;

/// <summary>Another process, driven command by command; killed at the end whatever happens.</summary>
public sealed partial class ActorProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly ChildProcess _child;

    private ActorProcess(ChildProcess child) => _child = child;

    public int Id => _child.Id;

    /// <summary>Its process id as it sees it, in its own PID namespace.</summary>
    public int OwnId { get; private set; }

    /// <summary>The program of the other processes.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Bips.Tests.Actor");

    /// <param name="wrapper">
    /// A command that runs the command appended to it, for example in other namespaces or as another user.
    /// </param>
    public static ActorProcess Start(params IReadOnlyList<string> wrapper)
    {
        string[] command = [.. wrapper, Program];
        var child = ChildProcess.Start(command[0], command[1..],
            new ChildOptions { Name = "actor", MayBeKilled = true });
        var actor = new ActorProcess(child);
        try
        {
            string greeting = actor.Answer();
            Assert.That(greeting, Does.StartWith("ready"));
            actor.OwnId = int.Parse(greeting["ready".Length..], CultureInfo.InvariantCulture);
            return actor;
        }
        catch
        {
            actor.Dispose();
            throw;
        }
    }

    /// <summary>Says a command and waits for the answer.</summary>
    public string Do(string command)
    {
        Say(command);
        return Answer();
    }

    /// <summary>Says a command whose answer is asked for later.</summary>
    public void Say(string command) => _child.WriteLine(command);

    public string Answer() => _child.ReadLine(s_patience)
        ?? throw new InvalidOperationException(_child.Message($"ended with {WaitForEnd()} before it answered"));

    /// <summary>Waits until it ends by itself.</summary>
    /// <returns>Its exit code; 128 and the number of the signal that ended it.</returns>
    public int WaitForEnd() => _child.WaitForExit(s_patience);

    /// <summary>
    /// Kills the actor. Its wrapper ends afterwards, when the kernel has let go of everything that the actor had.
    /// </summary>
    public void Kill()
    {
        Signals.Send(Innermost(Id), Signal.Kill);
        WaitForEnd();
    }

    /// <summary>
    /// Processor time used so far, by the kernel's account to the nanosecond; <c>/proc</c> counts in hundredths of a
    /// second.
    /// </summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            Assert.That(GetProcessClock(Id, out int clock), Is.Zero, "errno");
            Assert.That(ReadClock(clock, out Timespec time), Is.Zero);
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
        }
    }

    public void Dispose() => _child.Dispose();

    /// <summary>The process at the end of a chain of wrappers, each with one child.</summary>
    private static int Innermost(int id)
    {
        string list = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/task/{id}/children");
        string child = File.ReadAllText(list).Split(' ')[0];
        return child.Length > 0 ? Innermost(int.Parse(child, CultureInfo.InvariantCulture)) : id;
    }

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
