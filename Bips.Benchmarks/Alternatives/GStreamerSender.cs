using System.Globalization;
using System.Runtime.InteropServices;
using Bips.Benchmarks.Imports;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>
/// Sends through <c>appsrc ! shmsink</c>. Frames are written into memory of this process, which is wrapped and not
/// copied; the sink copies them into its shared memory.
/// </summary>
internal sealed unsafe class GStreamerSender : IFrameSender
{
    /// <summary>
    /// One buffer that the sender writes, one on its way into the queue, one queued, one that the sink copies, and one
    /// to spare.
    /// </summary>
    private const int Slots = 5;

    /// <summary>What the sink puts around frames, and the least that it works with.</summary>
    private const int SpareMemory = 1024 * 1024;

    private readonly GStreamerPipeline _pipeline;
    private readonly int _size;
    private readonly byte* _memory;
    private int _slot;

    public GStreamerSender(Station station, StreamPlan plan)
    {
        _size = plan.FrameSize;
        _memory = (byte*)NativeMemory.AlignedAlloc(Slots * (nuint)_size, (nuint)Environment.SystemPageSize);
        long shared = ((long)plan.Buffers * _size) + SpareMemory;
        _pipeline = new GStreamerPipeline(string.Create(CultureInfo.InvariantCulture,
            $"appsrc name=end format=bytes block=true max-bytes={_size} ! shmsink " +
            $"socket-path={GStreamerPipeline.SocketIn(station)} shm-size={shared} wait-for-connection=true " +
            $"sync=false"));
    }

    public void Connect()
    {
        // The receivers were connected when their pipelines had started.
    }

    public Span<byte> Frame(int length) => new(Slot, length);

    public void Send(int length)
    {
        nint buffer = GStreamer.WrapBuffer(flags: 0, Slot, (nuint)_size, offset: 0, (nuint)length, context: 0, free: 0);
        _slot = (_slot + 1) % Slots;
        if (GStreamer.PushBuffer(_pipeline.End, buffer) != GStreamer.FlowOk)
        {
            throw new InvalidOperationException("GStreamer does not take a frame: its pipeline has failed.");
        }
    }

    public void Dispose()
    {
        _pipeline.Dispose();
        NativeMemory.AlignedFree(_memory);
    }

    private byte* Slot => _memory + ((long)_slot * _size);
}
