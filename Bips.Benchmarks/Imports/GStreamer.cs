using System.Runtime.InteropServices;

namespace Bips.Benchmarks.Imports;

/// <summary>What is needed of GStreamer.</summary>
internal static unsafe partial class GStreamer
{
    public const int StateNull = 1;
    public const int StatePlaying = 4;
    public const int StateChangeFailure = 0;
    public const int MapRead = 1;
    public const int FlowOk = 0;

    private const string Core = "libgstreamer-1.0.so.0";
    private const string Application = "libgstapp-1.0.so.0";
    private const string Objects = "libgobject-2.0.so.0";
    private const string Packages = "gstreamer1.0-plugins-base gstreamer1.0-plugins-bad";

    /// <summary>A <c>GstMapInfo</c>; the rest is GStreamer's own.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 104)]
    public struct MapInfo
    {
        public nint Memory;
        public int Flags;
        public byte* Data;
        public nuint Size;
    }

    public static string? Obstacle()
    {
        if (Presence.Obstacle(Packages, Core, Application, Objects) is { } missing)
        {
            return missing;
        }

        Initialise(0, 0);
        return FindFactory("shmsink") != 0 && FindFactory("appsrc") != 0 ? null : Presence.Missing(Packages);
    }

    [LibraryImport(Core, EntryPoint = "gst_init")]
    public static partial void Initialise(nint count, nint arguments);

    [LibraryImport(Core, EntryPoint = "gst_element_factory_find", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint FindFactory(string name);

    [LibraryImport(Core, EntryPoint = "gst_parse_launch", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Launch(string description, nint error);

    [LibraryImport(Core, EntryPoint = "gst_bin_get_by_name", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Find(nint bin, string name);

    [LibraryImport(Core, EntryPoint = "gst_element_set_state")]
    public static partial int SetState(nint element, int state);

    [LibraryImport(Core, EntryPoint = "gst_buffer_new_wrapped_full")]
    public static partial nint WrapBuffer(int flags, byte* data, nuint capacity, nuint offset, nuint size,
        nint context, nint free);

    [LibraryImport(Core, EntryPoint = "gst_buffer_map")]
    public static partial int MapBuffer(nint buffer, MapInfo* info, int flags);

    [LibraryImport(Core, EntryPoint = "gst_buffer_unmap")]
    public static partial void UnmapBuffer(nint buffer, MapInfo* info);

    [LibraryImport(Core, EntryPoint = "gst_sample_get_buffer")]
    public static partial nint BufferOf(nint sample);

    [LibraryImport(Core, EntryPoint = "gst_mini_object_unref")]
    public static partial void ReleaseSample(nint sample);

    /// <summary>Takes the buffer over.</summary>
    [LibraryImport(Application, EntryPoint = "gst_app_src_push_buffer")]
    public static partial int PushBuffer(nint source, nint buffer);

    [LibraryImport(Application, EntryPoint = "gst_app_sink_pull_sample")]
    public static partial nint PullSample(nint sink);

    [LibraryImport(Objects, EntryPoint = "g_object_unref")]
    public static partial void ReleaseObject(nint instance);
}
