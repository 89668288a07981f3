using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Imports;
using Bips.Processes;

namespace Bips.Benchmarks.Stations;

/// <summary>
/// A consumer in a process of its own. It takes part in no meeting, so its parent may stop or kill it.
/// </summary>
internal sealed class VictimProcess : IDisposable
{
    private const string ReadyLine = "ready";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly ChildProcess _child;

    private VictimProcess(ChildProcess child) => _child = child;

    /// <summary>Starts it and waits until it is attached.</summary>
    public static VictimProcess Start(string directory, Trouble trouble)
    {
        string words = $"{Roles.Victim} directory={directory} trouble={trouble}";
        ChildProcess child = StationProcess.StartChild(words, new ChildOptions { Name = words, MayBeKilled = true });
        try
        {
            return child.ReadLine(s_patience) is ReadyLine
                ? new VictimProcess(child)
                : throw new InvalidOperationException(child.Message("did not attach"));
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What the process does: it consumes until the end of the stream, and holds each frame as its trouble demands.
    /// </summary>
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

    public void Send(Signal signal) => _child.Send(signal);

    public void Dispose() => _child.Dispose();
}
