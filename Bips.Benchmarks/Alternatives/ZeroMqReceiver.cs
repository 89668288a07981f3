using System.Runtime.InteropServices;
using Bips.Benchmarks.Imports;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Receives over a ZeroMQ <c>PULL</c> socket and reads frames where ZeroMQ put them.</summary>
internal sealed unsafe class ZeroMqReceiver : IFrameReceiver
{
    private readonly ZeroMqSocket _socket;
    private readonly ZeroMq.Message* _message =
        (ZeroMq.Message*)NativeMemory.AllocZeroed((nuint)sizeof(ZeroMq.Message));

    public ZeroMqReceiver(Station station, StreamPlan plan, int number)
    {
        _socket = new ZeroMqSocket(ZeroMq.PULL, plan.Buffers);
        _ = ZeroMq.Check(() => ZeroMq.Connect(_socket.Handle, ZeroMqSocket.Address(station, number)));
        _ = ZeroMq.Check(() => ZeroMq.InitialiseMessage(_message));
    }

    public ReadOnlySpan<byte> Receive()
    {
        int length = ZeroMq.Check(() => ZeroMq.ReceiveMessage(_message, _socket.Handle, flags: 0));
        return new ReadOnlySpan<byte>(ZeroMq.MessageData(_message), length);
    }

    public void Release()
    {
        // The next receive does it.
    }

    public void Dispose()
    {
        _ = ZeroMq.CloseMessage(_message);
        NativeMemory.Free(_message);
        _socket.Dispose();
    }
}
