using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Stations;

/// <summary>What a process of a trial can be.</summary>
internal static class Roles
{
    public const string ExchangeDriver = "exchange-driver";
    public const string ExchangeEcho = "exchange-echo";
    public const string PacedSender = "paced-sender";
    public const string PacedReceiver = "paced-receiver";
    public const string Source = "stream-source";
    public const string Sink = "stream-sink";
    public const string FanOut = "fan-out";
    public const string OneThread = "one-thread";
    public const string Copy = "copy";
    public const string Troublemaker = "troublemaker";
    public const string Victim = "victim";
    public const string Joiner = "joiner";
    public const string ForeignSink = "foreign-sink";
    public const string ForeignSource = "foreign-source";

    /// <summary>Does what the words say.</summary>
    /// <param name="role">One of the names above.</param>
    /// <param name="words"><c>key=value</c> words.</param>
    public static void Perform(string role, IEnumerable<string> words)
    {
        EndWithParent();
        if (role is Victim)
        {
            VictimProcess.Perform(new Words(words));
            return;
        }

        using var station = new Station(new Words(words));
        Action perform = role switch
        {
            ExchangeDriver => new Exchange(station, measures: true).Perform,
            ExchangeEcho => new Exchange(station, measures: false).Perform,
            PacedSender => new Paced(station, sends: true).Perform,
            PacedReceiver => new Paced(station, sends: false).Perform,
            Source => new StreamSource(station).Perform,
            Sink => new StreamSink(station).Perform,
            FanOut => new FanOut(station).Perform,
            OneThread => new OneThread(station).Perform,
            Copy => new Copy(station).Perform,
            Troublemaker => new Troublemaker(station).Perform,
            Joiner => new Joiner(station).Perform,
            ForeignSink => new ForeignSink(station).Perform,
            ForeignSource => new ForeignSource(station).Perform,
            _ => throw new ArgumentException($"There is no role '{role}'; this command is for the harness itself.",
                nameof(role)),
        };
        perform();
        station.Report();
    }

    /// <summary>
    /// Ends this process when the one that started it has ended: the kernel then closes the other end of standard
    /// input.
    /// </summary>
    private static void EndWithParent()
    {
        var watcher = new Thread(static () =>
        {
            _ = Console.In.ReadToEnd();
            Environment.Exit(1);
        })
        {
            IsBackground = true,
        };
        watcher.Start();
    }
}
