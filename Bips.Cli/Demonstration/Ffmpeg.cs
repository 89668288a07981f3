using System.Globalization;
using System.Security.Cryptography;
using Bips.Processes;

namespace Bips.Cli.Demonstration;

/// <summary>The ffmpeg program: makes a clip, decodes video, and decodes it again to compare.</summary>
internal sealed class Ffmpeg
{
    private const string Size = "1280x720";
    private readonly string _program;

    private Ffmpeg(string program) => _program = program;

    /// <exception cref="ToolException"><see cref="ExitCode.ProgramMissing"/>.</exception>
    public static Ffmpeg Find()
    {
        foreach (string directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            string program = Path.Combine(directory, "ffmpeg");
            if (directory.Length > 0 && File.Exists(program))
            {
                return new Ffmpeg(program);
            }
        }

        throw new ToolException(ExitCode.ProgramMissing,
            "The demo decodes real video with ffmpeg, which is not installed. On Debian or Ubuntu: apt-get install " +
            "ffmpeg");
    }

    /// <summary>Encodes a test picture that moves, with the best of the encoders that this ffmpeg has.</summary>
    /// <returns>The encoder's name.</returns>
    public string EncodeClip(string path, DemoSettings settings, CancellationToken cancellation)
    {
        string encoder = Output(["-hide_banner", "-encoders"], cancellation)
            .Contains(" libx264 ", StringComparison.Ordinal)
            ? "libx264"
            : "mpeg4";
        string source = string.Create(CultureInfo.InvariantCulture, $"testsrc2=size={Size}:rate={settings.Rate}");
        string[] speed = encoder is "libx264" ? ["-preset", "ultrafast"] : [];
        Output(["-v", "error", "-y", "-f", "lavfi", "-i", source, "-t", Number(settings.Seconds), "-pix_fmt", "yuv420p",
            "-c:v", encoder, .. speed, path], cancellation);
        return encoder;
    }

    /// <summary>Starts decoding into a pipe, as Y4M.</summary>
    public ChildProcess StartDecoding(string input, DemoSettings settings, string pipe) => Start(
        [.. DecodingArguments(input, settings), "-f", "yuv4mpegpipe", "-y", pipe], ChildOutput.Collected);

    /// <summary>
    /// Decodes as raw video, which has no headers, and hashes it here: none of the tool's own readers takes part.
    /// </summary>
    public DecodedVideo HashDecoded(string input, DemoSettings settings, CancellationToken cancellation)
    {
        using ChildProcess child = Start([.. DecodingArguments(input, settings), "-f", "rawvideo", "pipe:1"],
            ChildOutput.Piped);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using CancellationTokenRegistration registration = cancellation.Register(child.Kill);
        byte[] buffer = new byte[1 << 20];
        long bytes = 0;
        for (int count; (count = child.Output.BaseStream.Read(buffer)) > 0; bytes += count)
        {
            hash.AppendData(buffer, 0, count);
        }

        int code = child.WaitForExit(Timeout.InfiniteTimeSpan, cancellation);
        ThrowIfFailed(code, string.Join('\n', child.ErrorLines));
        return new DecodedVideo(Convert.ToHexStringLower(hash.GetCurrentHash()), bytes);
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The same frames each time, whatever the container says about their timing.</summary>
    private static string[] DecodingArguments(string input, DemoSettings settings) =>
        ["-v", "error", "-nostdin", "-i", input, "-t", Number(settings.Seconds), "-an", "-sn", "-dn", "-vf",
            $"fps={Number(settings.Rate)},format=yuv420p"];

    private static void ThrowIfFailed(int code, string errors)
    {
        if (code != 0)
        {
            throw ToolException.BadInput($"ffmpeg failed: {errors.Trim()}");
        }
    }

    private ChildProcess Start(string[] arguments, ChildOutput output) =>
        ChildProcess.Start(_program, arguments, new ChildOptions { Input = ChildInput.Empty, Output = output });

    private string Output(string[] arguments, CancellationToken cancellation)
    {
        (int code, string output, string errors) =
            ChildProcess.Run(_program, arguments, Timeout.InfiniteTimeSpan, cancellation);
        ThrowIfFailed(code, errors);
        return output;
    }
}
