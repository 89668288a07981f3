using System.Text;

namespace Bips.Tests.Cli;

/// <summary>The tool refuses wrong input and says what is wrong with it; its consumers end.</summary>
public sealed class BadInputTests : ToolFixture
{
    private const int BadInput = 12;

    [TestCase("", "nothing in standard input", 0)]
    [TestCase("RIFF....AVI ", "does not start with 'YUV4MPEG2 '", 0)]
    [TestCase("YUV4MPEG2 W4 H4", "ends in its header", 0)]
    [TestCase("YUV4MPEG2 W4 F25:1\nFRAME\n", "no width (W) and height (H)", 0)]
    [TestCase("YUV4MPEG2 W4 H0\nFRAME\n", "'H0'", 0)]
    [TestCase("YUV4MPEG2 W4 H4 F25\nFRAME\n", "'F25'", 0)]
    [TestCase("YUV4MPEG2 W4 H4 C420p11\nFRAME\n", "'C420p11'; the colour spaces that are understood are", 0)]
    [TestCase("YUV4MPEG2 W4 H4 Z1\nFRAME\n", "'Z1'", 0)]
    [TestCase("YUV4MPEG2 W100000 H100000 C444\nFRAME\n", "frames of 30000000000 bytes", 0)]
    [TestCase("YUV4MPEG2 W4 H4 Cmono\n", "and no frame", 0)]
    [TestCase("YUV4MPEG2 W4 H4 Cmono\nFRAME\n0123456789abcdefFRAME\n012", "ends in frame 2 after 3 of the 16 bytes", 1)]
    [TestCase("YUV4MPEG2 W4 H4 Cmono\nFRAME\n0123456789abcdefFRA", "ends in the line before frame 2", 1)]
    [TestCase("YUV4MPEG2 W4 H4 Cmono\nFRAME\n0123456789abcdefFRAME Ip", "ends in the line before frame 2", 1)]
    [TestCase("YUV4MPEG2 W4 H2 Cmono\nFRAME\n0123456789abcdefFRAME\n0123456789abcdef",
        "no 'FRAME' where frame 2 should start", 1)]
    [TestCase("YUV4MPEG2 W4 H5 Cmono\nFRAME\n0123456789abcdefFRAME\n0123456789abcdef",
        "no 'FRAME' where frame 2 should start", 1)]
    [TestCase("YUV4MPEG2 W4 H4 Cmono\nFRAMES\n0123456789abcdef", "no 'FRAME' where frame 1 should start", 0)]
    public void Y4m_that_is_wrong_is_refused_and_the_consumer_ends(string input, string problem, int framesBefore)
    {
        ArgumentNullException.ThrowIfNull(input);
        RunningTool receiver = Receive();

        RunningTool sender = Send("--wait-consumers", "1").Send(Encoding.ASCII.GetBytes(input)).EndInput();

        sender.ExpectExit(BadInput);
        Assert.That(sender.Error, Does.Contain($"bips: ").And.Contain(problem));
        receiver.ExpectExit(0);
        Assert.That(Number(receiver, "frames"), Is.EqualTo(framesBefore));
    }

    [Test]
    public void A_truncated_file_is_refused_before_a_pool_is_made()
    {
        string file = FilePath("short.y4m");
        File.WriteAllText(file, "YUV4MPEG2 W640 H480\nFRAME\n0123");
        RunningTool sender = Send("--input", file);

        sender.ExpectExit(BadInput);
        Assert.That(sender.Error,
            Does.Contain("10 bytes follow its header, which asks for at least 460806 for one frame"));
    }

    [Test]
    public void Raw_frames_that_end_within_a_frame_are_refused()
    {
        RunningTool receiver = Receive();
        RunningTool sender = Send("--frame-size", "10", "--wait-consumers", "1").Send("0123456789abc"u8).EndInput();

        sender.ExpectExit(BadInput);
        Assert.That(sender.Error, Does.Contain("ends in frame 2 after 3 of 10 bytes"));
        receiver.ExpectExit(0);
        Assert.That(Number(receiver, "frames"), Is.EqualTo(1));
    }

    [Test]
    public void Parameters_of_a_frame_that_metadata_cannot_hold_are_refused()
    {
        string line = "FRAME X" + new string('x', 300);
        RunningTool sender = Send().Send(Encoding.ASCII.GetBytes($"YUV4MPEG2 W1 H1 Cmono\n{line}\na")).EndInput();

        sender.ExpectExit(BadInput);
        Assert.That(sender.Error, Does.Contain("more than 256 bytes of parameters"));
    }

    [Test]
    public void A_file_that_is_not_there_is_named()
    {
        RunningTool sender = Send("--input", FilePath("none.y4m"));
        sender.ExpectExit(BadInput);
        Assert.That(sender.Error, Does.Contain("none.y4m"));
    }
}
