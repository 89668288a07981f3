using System.Globalization;
using Bips.Tests.Support;

namespace Bips.Tests.Cli;

/// <summary>
/// A pool name and a directory of its own for each test, and the proof that neither process nor memory is left.
/// </summary>
public abstract class ToolFixture
{
    private readonly List<RunningTool> _running = [];
    private string _directory = "";

    protected string Pool { get; private set; } = "";

    /// <summary>Whether the test kills a producer, which then cannot clean up.</summary>
    protected bool LeavesADeadPool { get; set; }

    [SetUp]
    public void Prepare()
    {
        Pool = $"test-cli-{Guid.NewGuid():N}";
        _directory = Directory.CreateTempSubdirectory("bips-test-").FullName;
        LeavesADeadPool = false;
    }

    [TearDown]
    public void LeaveNothing()
    {
        foreach (RunningTool tool in _running)
        {
            tool.Dispose();
        }

        _running.Clear();
        Directory.Delete(_directory, recursive: true);
        string[] left = Directory.GetFiles("/dev/shm", $"bips.{Pool}*");
        foreach (string file in left)
        {
            File.Delete(file);
        }

        if (!LeavesADeadPool)
        {
            Assert.That(left, Is.Empty, "the tool left objects behind");
        }
    }

    protected string FilePath(string name) => Path.Combine(_directory, name);

    protected RunningTool Run(params string[] arguments) => Keep(new RunningTool(arguments));

    protected RunningTool Keep(RunningTool tool)
    {
        _running.Add(tool);
        return tool;
    }

    /// <summary>Starts <c>bips send</c> of this test's pool.</summary>
    protected RunningTool Send(params string[] options) => Run(["send", Pool, .. options]);

    /// <summary>Starts <c>bips receive</c> of this test's pool, which may not be there yet.</summary>
    protected RunningTool Receive(params string[] options) => Run(["receive", Pool, "--wait", "--json", .. options]);

    /// <summary>Has ffmpeg make video.</summary>
    protected string MakeVideo(string pixelFormat, int width, int height, int frames)
    {
        string path = FilePath("video.y4m");
        Shell.Run("ffmpeg", FfmpegArguments(pixelFormat, width, height, frames, path));
        return path;
    }

    protected static string[] FfmpegArguments(string pixelFormat, int width, int height, int frames, string output) =>
    [
        "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=640x480:rate=30", "-vf",
        string.Create(CultureInfo.InvariantCulture, $"scale={width}:{height}:flags=neighbor,format={pixelFormat}"),
        "-frames:v", frames.ToString(CultureInfo.InvariantCulture), "-strict", "-1", "-f", "yuv4mpegpipe", output,
    ];

    /// <summary>Raw frames, each filled with its number.</summary>
    protected static byte[] NumberedFrames(int count, int size)
    {
        byte[] frames = new byte[count * size];
        for (int i = 0; i < count; i++)
        {
            frames.AsSpan(i * size, size).Fill((byte)(i + 1));
        }

        return frames;
    }

    protected static long Number(RunningTool tool, string name)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return tool.Result.GetProperty(name).GetInt64();
    }
}
