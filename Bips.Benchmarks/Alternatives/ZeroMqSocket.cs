using System.Globalization;
using Bips.Benchmarks.Imports;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>A ZeroMQ socket and its context, on one end of the line to one receiver.</summary>
internal sealed class ZeroMqSocket : IDisposable
{
    private readonly nint _context = ZeroMq.CreateContext();

    public ZeroMqSocket(int type, int limit)
    {
        Handle = ZeroMq.CreateSocket(_context, type);
        Set(ZeroMq.SNDHWM, limit);
        Set(ZeroMq.RCVHWM, limit);
        Set(ZeroMq.LINGER, 0);
    }

    public nint Handle { get; }

    public static string Address(Station station, int receiver) =>
        "ipc://" + Path.Combine(station.Directory, string.Create(CultureInfo.InvariantCulture, $"zeromq-{receiver}"));

    public void Dispose()
    {
        _ = ZeroMq.CloseSocket(Handle);
        _ = ZeroMq.EndContext(_context);
    }

    private void Set(int option, int value) => ZeroMq.Check(() => ZeroMq.SetOption(Handle, option, value, sizeof(int)));
}
