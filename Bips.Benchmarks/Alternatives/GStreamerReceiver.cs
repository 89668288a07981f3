using Bips.Benchmarks.Imports;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Receives through <c>shmsrc ! appsink</c> and reads frames in the sender's shared memory.</summary>
internal sealed unsafe class GStreamerReceiver(Station station) : IFrameReceiver
{
    private readonly GStreamerPipeline _pipeline = new(
        $"shmsrc socket-path={GStreamerPipeline.SocketIn(station)} ! appsink name=end sync=false max-buffers=2");

    private nint _sample;
    private nint _buffer;
    private GStreamer.MapInfo _map;

    public ReadOnlySpan<byte> Receive()
    {
        _sample = GStreamer.PullSample(_pipeline.End);
        if (_sample == 0)
        {
            throw new EndOfStreamException("The sender is gone.");
        }

        _buffer = GStreamer.BufferOf(_sample);
        fixed (GStreamer.MapInfo* map = &_map)
        {
            if (GStreamer.MapBuffer(_buffer, map, GStreamer.MapRead) == 0)
            {
                throw new InvalidOperationException("GStreamer cannot map a frame.");
            }

            return new ReadOnlySpan<byte>(map->Data, (int)map->Size);
        }
    }

    public void Release()
    {
        fixed (GStreamer.MapInfo* map = &_map)
        {
            GStreamer.UnmapBuffer(_buffer, map);
        }

        GStreamer.ReleaseSample(_sample);
    }

    public void Dispose() => _pipeline.Dispose();
}
