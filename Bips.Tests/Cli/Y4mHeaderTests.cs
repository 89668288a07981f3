using System.Text;
using Bips.Cli;
using Bips.Cli.Video;

namespace Bips.Tests.Cli;

/// <summary>A Y4M header says how large frames are, and survives its way through a pool's format.</summary>
public sealed class Y4mHeaderTests
{
    [TestCase("", (4 * 3) + (2 * 2 * 2))]
    [TestCase(" C420paldv", (4 * 3) + (2 * 2 * 2))]
    [TestCase(" C422", 4 * 3 * 2)]
    [TestCase(" C444", 4 * 3 * 3)]
    [TestCase(" C411", (4 * 3) + (2 * 1 * 3))]
    [TestCase(" C444alpha", 4 * 3 * 4)]
    [TestCase(" Cmono", 4 * 3)]
    [TestCase(" Cmono12", 4 * 3 * 2)]
    [TestCase(" C420p10", 2 * ((4 * 3) + (2 * 2 * 2)))]
    [TestCase(" C444p16", 4 * 3 * 3 * 2)]
    public void The_colour_space_decides_the_size(string tag, int size) =>
        Assert.That(Parse($"YUV4MPEG2 W4 H3{tag}").FrameSize, Is.EqualTo(size));

    [TestCase(637, 479, "420jpeg", (637 * 479) + (2 * 319 * 240))]
    [TestCase(637, 479, "422", (637 * 479) + (2 * 319 * 479))]
    [TestCase(637, 479, "411", (637 * 479) + (2 * 160 * 479))]
    [TestCase(1, 1, "420", 3)]
    public void Odd_sizes_round_chroma_up(int width, int height, string colourSpace, int expected) =>
        Assert.That(Parse($"YUV4MPEG2 W{width} H{height} C{colourSpace}").FrameSize, Is.EqualTo(expected));

    [Test]
    public void The_format_is_a_media_type() => Assert.That(
        Parse("YUV4MPEG2 W640 H480 F30000:1001 It A4:3 C422p10").ToMediaType(),
        Is.EqualTo("video/x-raw,format=I422_10LE,width=640,height=480,framerate=30000/1001,pixel-aspect-ratio=4/3," +
            "interlace-mode=interleaved,field-order=top-field-first,y4m-header=\"YUV4MPEG2 W640 H480 F30000:1001 It " +
            "A4:3 C422p10\""));

    [TestCase("YUV4MPEG2 W640 H480 F25:1 Ip A0:0 C420jpeg XYSCSS=420JPEG")]
    [TestCase("YUV4MPEG2 W1 H1 X\"quoted\" X\\back\\slash X,y4m-header=\"no\"")]
    [TestCase("YUV4MPEG2  W1   H1 ")]
    [TestCase("YUV4MPEG2 W1 H1 X\t\u0001\u00e9\u00ff1")]
    public void The_line_comes_back_byte_for_byte(string line)
    {
        string format = Parse(line).ToMediaType();
        Assert.That(Encoding.Latin1.GetString(Y4mHeader.FromMediaType(format, "test")!.Line), Is.EqualTo(line));
        Assert.That(format, Has.All.InRange(' ', '~'));
    }

    [TestCase("video/x-raw,format=I420")]
    [TestCase("video/x-raw,y4m-header=YUV4MPEG2")]
    [TestCase("video/x-raw,y4m-header=\"YUV4MPEG2 W1 H1")]
    [TestCase("video/x-raw,y4m-header=\"YUV4MPEG2 W1 H1\\")]
    [TestCase("video/x-raw,y4m-header=\"YUV4MPEG2 W1 H1\\999\"")]
    [TestCase("video/x-raw,y4m-header=\"something else\"")]
    [TestCase("video/x-raw,note=\",y4m-header=\\\"YUV4MPEG2 W1 H1\\\"\"")]
    public void A_format_without_a_header_has_none(string format) =>
        Assert.That(Y4mHeader.FromMediaType(format, "test"), Is.Null);

    [Test]
    public void A_frame_that_no_buffer_holds_is_refused()
    {
        ToolException refusal = Assert.Throws<ToolException>(() => Parse("YUV4MPEG2 W2147483647 H2147483647 C444p16"))!;
        Assert.That(refusal.Code, Is.EqualTo(ExitCode.BadInput));
        Assert.That(refusal.Message, Does.Contain("27670116084794523654"));
    }

    private static Y4mHeader Parse(string line) => Y4mHeader.Parse(Encoding.Latin1.GetBytes(line), "test");
}
