using Bips.Benchmarks.Imports;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>A running pipeline with an element at which the application puts frames in or takes them out.</summary>
internal sealed class GStreamerPipeline : IDisposable
{
    private const string EndName = "end";

    private readonly nint _pipeline;

    /// <param name="description">As for <c>gst-launch-1.0</c>; the application's element is called <c>end</c>.</param>
    public GStreamerPipeline(string description)
    {
        GStreamer.Initialise(0, 0);
        _pipeline = GStreamer.Launch(description, error: 0);
        if (_pipeline == 0 || GStreamer.SetState(_pipeline, GStreamer.StatePlaying) == GStreamer.StateChangeFailure)
        {
            throw new InvalidOperationException(
                $"GStreamer cannot play '{description}'; GST_DEBUG=3 in the environment makes it say why.");
        }

        End = GStreamer.Find(_pipeline, EndName);
    }

    /// <summary>The application's element.</summary>
    public nint End { get; }

    public static string SocketIn(Station station) => Path.Combine(station.Directory, "gstreamer");

    public void Dispose()
    {
        _ = GStreamer.SetState(_pipeline, GStreamer.StateNull);
        GStreamer.ReleaseObject(End);
        GStreamer.ReleaseObject(_pipeline);
    }
}
