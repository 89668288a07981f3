using System.Net.Sockets;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Sends over a Unix stream socket to each receiver.</summary>
internal sealed class SocketSender(Station station, StreamPlan plan) : ByteStreamSender(plan.FrameSize)
{
    private readonly SocketListener _listener = new(station, plan.Sinks);

    public static ByteStreamReceiver OpenReceiver(Station station, StreamPlan plan) =>
        new(new NetworkStream(SocketListener.Connect(station), ownsSocket: true), plan.FrameSize);

    public override void Dispose()
    {
        base.Dispose();
        _listener.Dispose();
    }

    protected override IReadOnlyList<Stream> ConnectAll() =>
        [.. _listener.AcceptAll().Select(socket => new NetworkStream(socket, ownsSocket: true))];
}
