using System.Diagnostics;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Native;

namespace Bips.Benchmarks.Stations;

/// <summary>A consumer in a process of its own that comes to no meeting: its parent may stop or kill it.</summary>
internal sealed class VictimProcess : IDisposable
{
    private const string ReadyLine = "ready";

    private readonly Process _process;

    private VictimProcess(Process process) => _process = process;

    /// <summary>Starts it and waits until it is attached.</summary>
    public static VictimProcess Start(string directory, Trouble trouble)
    {
        ProcessStartInfo start = StationProcess.Describe($"{Roles.Victim} directory={directory} trouble={trouble}");
        var victim = new VictimProcess(Process.Start(start)!);
        if (victim._process.StandardOutput.ReadLine() is not ReadyLine)
        {
            victim.Dispose();
            throw new InvalidOperationException("The consumer that was to be in trouble is so too early; what it said is above.");
        }

        return victim;
    }

    /// <summary>What the process does: consumes until the end of the stream, and keeps what it has until somebody ends it.</summary>
    public static void Perform(Words words)
    {
        // Its standard input says the same, but not to a process that is stopped.
        _ = LibC.ControlProcess(LibC.PR_SET_PDEATHSIG, LibC.SIGKILL);
        Trouble trouble = words.Choice<Trouble>("trouble");
        using Consumer consumer = Consumer.Open(StreamSource.PoolName, new ConsumerOptions
        {
            Overflow = OverflowPolicy.DropOldest,
            Directory = words.Text("directory"),
        });
        Console.WriteLine(ReadyLine);
        while (consumer.Pull(out ReadLease lease) == PullStatus.Success)
        {
            TimeSpan pause = trouble switch
            {
                Trouble.Healthy => TimeSpan.Zero,
                Trouble.Slow => TimeSpan.FromMilliseconds(10),
                _ => TimeSpan.FromMinutes(1),
            };
            Idle.For(pause);
            lease.Push();
        }
    }

    public void Signal(int signal) => _ = LibC.Signal(_process.Id, signal);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
