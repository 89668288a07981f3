using System.Security.Cryptography;
using Bips.Tests.Support;

namespace Bips.Tests.Cli;

/// <summary>What was sent comes out, byte for byte.</summary>
public sealed class RoundTripTests : ToolFixture
{
    [TestCase("yuv420p", 640, 480, 10)]
    [TestCase("yuv444p", 640, 480, 10)]
    [TestCase("yuv420p", 637, 479, 5)]
    [TestCase("yuv444p", 637, 479, 5)]
    [TestCase("yuv411p", 637, 479, 3)]
    [TestCase("yuv422p10le", 638, 479, 3)]
    [TestCase("gray", 637, 479, 3)]
    [TestCase("yuv420p", 64, 48, 1)]
    [TestCase("yuv420p", 64, 48, 1000)]
    [TestCase("yuv420p", 3840, 2160, 4)]
    public void Video_comes_out_byte_identical(string pixelFormat, int width, int height, int frames)
    {
        string video = MakeVideo(pixelFormat, width, height, frames);
        string copy = FilePath("copy.y4m");
        RunningTool receiver = Receive("--output", copy);

        Send("--input", video, "--wait-consumers", "1").ExpectExit(0);
        receiver.ExpectExit(0);

        Assert.That(new FileInfo(video).Length, Is.GreaterThan((long)frames * width * height));
        Assert.That(File.ReadAllBytes(copy).AsSpan().SequenceEqual(File.ReadAllBytes(video)), Is.True);
        Assert.That(Number(receiver, "frames"), Is.EqualTo(frames));
    }

    [TestCase("yuv420p")]
    [TestCase("yuv444p")]
    public void Three_receivers_of_a_pipe_from_ffmpeg_write_what_ffmpeg_writes(string pixelFormat)
    {
        string video = MakeVideo(pixelFormat, 637, 479, 30);
        string[] copies = [FilePath("1.y4m"), FilePath("2.y4m"), FilePath("3.y4m")];
        RunningTool[] receivers = [.. copies.Select(copy => Receive("--overflow", "block", "--output", copy))];

        string ffmpeg = string.Join(' ', FfmpegArguments(pixelFormat, 637, 479, 30, "-"));
        Shell.Run("sh", "-c", $"ffmpeg {ffmpeg} | {RunningTool.Program} send {Pool} --wait-consumers 3 --quiet");

        byte[] expected = File.ReadAllBytes(video);
        for (int i = 0; i < receivers.Length; i++)
        {
            receivers[i].ExpectExit(0);
            Assert.That(File.ReadAllBytes(copies[i]).AsSpan().SequenceEqual(expected), Is.True, copies[i]);
        }
    }

    [TestCase("max")]
    [TestCase("1000")]
    public void Every_rate_that_the_documents_name_is_one(string rate) => Shell.Run(
        "sh",
        "-c",
        $"head -c 1000 /dev/zero | {RunningTool.Program} send {Pool} --frame-size 100 --rate {rate} --quiet");

    [Test]
    public void Unknown_tags_and_frame_parameters_come_out_as_they_were()
    {
        byte[] video =
        [
            .. "YUV4MPEG2 H2 W2 Xa\"b\\c=\u00ff Im F30000:1001\n"u8,
            .. "FRAME It1p XONE=1\nAAAABB"u8,
            .. "FRAME\nCCCCDD"u8,
            .. "FRAME \nEEEEFF"u8,
        ];
        string copy = FilePath("copy.y4m");
        RunningTool receiver = Receive("--output", copy);

        Send("--wait-consumers", "1").Send(video).EndInput().ExpectExit(0);
        receiver.ExpectExit(0);

        Assert.That(File.ReadAllBytes(copy), Is.EqualTo(video));
    }

    [Test]
    public void Raw_frames_come_out_of_the_standard_output()
    {
        byte[] frames = NumberedFrames(50, 1001);
        RunningTool receiver = Receive("--output", "-");
        RunningTool sender = Send("--frame-size", "1001", "--wait-consumers", "1", "--format", "application/x-numbers")
            .Send(frames).EndInput();
        using var received = new MemoryStream();
        receiver.OutputStream.CopyTo(received);

        sender.ExpectExit(0);
        receiver.ExpectExit(0);
        Assert.That(received.ToArray(), Is.EqualTo(frames));
        Assert.That(receiver.Error, Does.Contain("\"frames\":50,").And.Contain("application/x-numbers"),
            "the result is on the other stream");
    }

    [Test]
    public void Y4m_can_be_written_as_raw_payload()
    {
        byte[] video = [.. "YUV4MPEG2 W2 H2 F1:1 Cmono\nFRAME\nABCDFRAME\nEFGH"u8];
        string copy = FilePath("copy.raw");
        RunningTool receiver = Receive("--output", copy, "--as", "raw");

        Send("--wait-consumers", "1").Send(video).EndInput().ExpectExit(0);
        receiver.ExpectExit(0);

        Assert.That(File.ReadAllText(copy), Is.EqualTo("ABCDEFGH"));
    }

    [Test]
    public void Appending_to_a_shared_output_goes_on_where_others_stopped()
    {
        string file = FilePath("all");
        RunningTool sender = Send("--frame-size", "4", "--wait-consumers", "1").Send("ABCDEFGH"u8).EndInput();
        string receive = $"{RunningTool.Program} receive {Pool} --wait --output - --quiet";
        Shell.Run("sh", "-c", $"(echo start; {receive}; echo end) > {file}");

        sender.ExpectExit(0);
        Assert.That(File.ReadAllText(file), Is.EqualTo("start\nABCDEFGHend\n"));
    }

    [Test]
    public void The_hash_is_that_of_all_payload()
    {
        byte[] frames = NumberedFrames(20, 5000);
        RunningTool receiver = Receive("--sha256");
        Send("--frame-size", "5000", "--wait-consumers", "1").Send(frames).EndInput().ExpectExit(0);
        receiver.ExpectExit(0);

        Assert.That(receiver.Result.GetProperty("sha256").GetString(),
            Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(frames))));
        Assert.That(Number(receiver, "bytes"), Is.EqualTo(frames.Length));
    }

    [Test]
    public void The_rate_is_kept_and_reported()
    {
        RunningTool sender = Send("--frame-size", "1", "--rate", "20", "--json").Send(new byte[11]).EndInput();
        sender.ExpectExit(0);
        Assert.That(sender.Result.GetProperty("frames_per_second").GetDouble(), Is.LessThan(21).And.Positive);
    }

    [Test]
    public void A_file_is_sent_again_and_again_until_there_are_enough_frames()
    {
        string file = FilePath("frames");
        File.WriteAllText(file, "aabbcc");
        string copy = FilePath("copy");
        RunningTool receiver = Receive("--output", copy);

        Send("--input", file, "--frame-size", "2", "--loop", "--count", "7", "--wait-consumers", "1").ExpectExit(0);
        receiver.ExpectExit(0);

        Assert.That(File.ReadAllText(copy), Is.EqualTo("aabbccaabbccaa"));
    }

    [Test]
    public void A_y4m_file_is_repeated_without_its_header()
    {
        string file = FilePath("frames.y4m");
        File.WriteAllText(file, "YUV4MPEG2 W1 H1 Cmono\nFRAME\naFRAME\nb");
        string copy = FilePath("copy");
        RunningTool receiver = Receive("--output", copy);

        Send("--input", file, "--loop", "--count", "3", "--wait-consumers", "1").ExpectExit(0);
        receiver.ExpectExit(0);

        Assert.That(File.ReadAllText(copy), Is.EqualTo("YUV4MPEG2 W1 H1 Cmono\nFRAME\naFRAME\nbFRAME\na"));
    }
}
