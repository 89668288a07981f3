using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Something else that a user would move frames between processes with.</summary>
/// <param name="Key">Name of its section.</param>
/// <param name="Title">What it is.</param>
/// <param name="Copies">Who copies a frame, how often, to one receiver.</param>
/// <param name="Package">What it belongs to.</param>
internal sealed record Alternative(string Key, string Title, string Copies, Package Package)
{
    private const string Kernel = "2 copies: into the kernel and out of it";

    private static readonly Dictionary<string, Alternative> s_byKey = new Alternative[]
    {
        new("socket", "Unix socket", Kernel, Package.System)
        {
            Sender = static (station, plan) => new SocketSender(station, plan),
            Receiver = static (station, plan, _) => SocketSender.OpenReceiver(station, plan),
        },
        new("pipe", "named pipe", Kernel, Package.System)
        {
            Sender = static (station, plan) => new PipeSender(station, plan),
            Receiver = static (station, plan, number) => PipeSender.OpenReceiver(station, plan, number),
        },
        new("pipelines", "System.IO.Pipelines over a Unix socket", Kernel, Package.System)
        {
            Sender = static (station, plan) => new PipelinesSender(station, plan),
            Receiver = static (station, plan, _) => new PipelinesReceiver(station, plan),
        },
        new("mapped", "memory-mapped file, semaphores as its lock", "2 copies: into the file and out of it",
            Package.System)
        {
            Sender = static (station, plan) => new MappedFileSender(new MappedFile(station, plan)),
            Receiver = static (station, plan, number) => new MappedFileReceiver(new MappedFile(station, plan), number),
        },
        new("zeromq", "ZeroMQ, ipc", Kernel, Package.ZeroMq)
        {
            Sender = static (station, plan) => new ZeroMqSender(station, plan),
            Receiver = static (station, plan, number) => new ZeroMqReceiver(station, plan, number),
        },
        new("gstreamer", "GStreamer shmsink to shmsrc", "1 copy: into shared memory", Package.GStreamer)
        {
            Sender = static (station, plan) => new GStreamerSender(station, plan),
            Receiver = static (station, plan, _) => new GStreamerReceiver(station),
        },
        new("iceoryx", "iceoryx, its WaitSet", "no copy", Package.Iceoryx)
        {
            Sender = static (station, plan) => new IceoryxSender(station, plan),
            Receiver = static (station, plan, _) => new IceoryxReceiver(station, plan, polls: false),
        },
        new("iceoryx-polling", "iceoryx, polling", "no copy", Package.Iceoryx)
        {
            Sender = static (station, plan) => new IceoryxSender(station, plan),
            Receiver = static (station, plan, _) => new IceoryxReceiver(station, plan, polls: true),
            Polls = true,
        },
    }.ToDictionary(alternative => alternative.Key, StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public static IReadOnlyCollection<Alternative> All => s_byKey.Values;

    public required Func<Station, StreamPlan, IFrameSender> Sender { get; init; }

    /// <summary>The last argument is the receiver's number, from 0.</summary>
    public required Func<Station, StreamPlan, int, IFrameReceiver> Receiver { get; init; }

    /// <summary>Whether its receiver never sleeps.</summary>
    public bool Polls { get; init; }

    /// <summary>What must be installed first; null where it is there.</summary>
    public string? Obstacle => Package switch
    {
        Package.ZeroMq => Imports.ZeroMq.Obstacle(),
        Package.GStreamer => Imports.GStreamer.Obstacle(),
        Package.Iceoryx => RouDi.Obstacle(),
        _ => null,
    };

    public static IFrameSender OpenSender(string key, Station station, StreamPlan plan) =>
        s_byKey[key].Sender(station, plan);

    public static IFrameReceiver OpenReceiver(string key, Station station, StreamPlan plan, int number) =>
        s_byKey[key].Receiver(station, plan, number);
}
