using System.Net.Sockets;

namespace Bips.Benchmarks.Alternatives;

/// <summary>
/// A socket whose asynchronous operations block and are complete when they return: the best case of everything
/// asynchronous on top of it, without the poller's and the thread pool's part in each wake-up.
/// </summary>
internal sealed class BlockingStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Read(buffer.Span));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return default;
    }
}
