using System.Net.Sockets;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>A Unix stream socket in the trial's directory, and the connections to it.</summary>
internal sealed class SocketListener : IDisposable
{
    /// <summary>Asked of the kernel on either side; it gives as much as it allows.</summary>
    private const int KernelBuffer = 4 * 1024 * 1024;

    private readonly Socket _socket = Create();
    private readonly string _path;
    private readonly int _count;

    public SocketListener(Station station, int count)
    {
        _path = PathIn(station);
        _count = count;
        _socket.Bind(new UnixDomainSocketEndPoint(_path));
        _socket.Listen(count);
    }

    /// <summary>Waits for all receivers.</summary>
    public IReadOnlyList<Socket> AcceptAll()
    {
        var accepted = new Socket[_count];
        for (int i = 0; i < _count; i++)
        {
            accepted[i] = _socket.Accept();
            accepted[i].SendBufferSize = KernelBuffer;
        }

        return accepted;
    }

    /// <summary>A receiver's connection.</summary>
    public static Socket Connect(Station station)
    {
        Socket socket = Create();
        socket.ReceiveBufferSize = KernelBuffer;
        socket.Connect(new UnixDomainSocketEndPoint(PathIn(station)));
        return socket;
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(_path);
    }

    private static Socket Create() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static string PathIn(Station station) => Path.Combine(station.Directory, "socket");
}
