using System.Globalization;
using System.Runtime.InteropServices;
using Bips.Benchmarks.Imports;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>Sends through a named pipe to each receiver.</summary>
internal sealed class PipeSender : ByteStreamSender
{
    /// <summary>
    /// The largest size that the kernel allows by default, sixteen times its default size.
    /// </summary>
    private const int Capacity = 1024 * 1024;

    private readonly string[] _paths;

    public PipeSender(Station station, StreamPlan plan)
        : base(plan.FrameSize)
    {
        _paths = [.. Enumerable.Range(0, plan.Sinks).Select(number => PathIn(station, number))];
        foreach (string path in _paths)
        {
            if (LibC.MakeFifo(path, LibC.OwnerOnly) != 0)
            {
                throw new IOException(
                    $"Cannot make the pipe {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
            }
        }
    }

    public static ByteStreamReceiver OpenReceiver(Station station, StreamPlan plan, int number) =>
        new(Open(PathIn(station, number), FileAccess.Read), plan.FrameSize);

    public override void Dispose()
    {
        base.Dispose();
        foreach (string path in _paths)
        {
            File.Delete(path);
        }
    }

    protected override IReadOnlyList<Stream> ConnectAll() => [.. _paths.Select(path => Open(path, FileAccess.Write))];

    private static FileStream Open(string path, FileAccess access)
    {
        var stream = new FileStream(path, FileMode.Open, access, FileShare.ReadWrite, bufferSize: 0);
        _ = LibC.Control(stream.SafeFileHandle, LibC.F_SETPIPE_SZ, Capacity);
        return stream;
    }

    private static string PathIn(Station station, int number) =>
        Path.Combine(station.Directory, string.Create(CultureInfo.InvariantCulture, $"pipe-{number}"));
}
