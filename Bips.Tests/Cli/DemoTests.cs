using System.Text.Json;
using Bips.Processes;

namespace Bips.Tests.Cli;

/// <summary>The demo shows and proves what it promises, and says so when it cannot.</summary>
public sealed class DemoTests : ToolFixture
{
    [Test]
    public void The_demo_proves_its_claims_and_leaves_nothing()
    {
        RunningTool demo = Run("demo", "--seconds", "1.5", "--json");
        demo.ExpectExit(0);

        JsonElement[] proofs = [.. demo.Result.GetProperty("proofs").EnumerateArray()];
        Assert.That(proofs, Has.Length.EqualTo(5));
        Assert.That(proofs.Select(static proof => proof.GetProperty("holds").GetBoolean()), Is.All.True);
        JsonElement slow = demo.Result.GetProperty("consumers")[2];
        Assert.That(slow.GetProperty("lost").GetInt64(), Is.Positive, "the slow consumer was not slow");
        Assert.That(demo.Error, Does.Contain("drop-oldest").And.Contain("fps"),
            "without a terminal progress comes in lines");
        AssertNothingIsLeft(demo);
    }

    [Test]
    public void The_demo_plays_the_video_that_it_is_given()
    {
        string video = MakeVideo("yuv444p", 322, 242, 20);
        RunningTool demo = Run("demo", "--input", video, "--seconds", "5");
        demo.ExpectExit(0);
        Assert.That(demo.Output, Does.Contain("received 20 + lost 0 = 20, sent 20").And.Contain("VERDICT: PASS"));
        AssertNothingIsLeft(demo);
    }

    [Test]
    public void Without_ffmpeg_the_demo_says_how_to_get_it()
    {
        RunningTool demo = Keep(new RunningTool("/nowhere", ["demo"]));
        demo.ExpectExit(16);
        Assert.That(demo.Error, Does.Contain("apt-get install ffmpeg"));
    }

    [Test]
    public void A_video_that_ffmpeg_cannot_read_ends_the_demo()
    {
        string file = FilePath("noise");
        File.WriteAllText(file, "no video");
        RunningTool demo = Run("demo", "--input", file);
        demo.ExpectExit(1);
        Assert.That(demo.Error, Does.Contain("ffmpeg ended with exit code").And.Contain(file));
        AssertNothingIsLeft(demo);
    }

    [Test]
    public void An_interrupted_demo_leaves_nothing()
    {
        RunningTool demo = Run("demo", "--seconds", "5", "--progress", "json");
        demo.WaitForError("\"overflow\":\"latest:1\"");
        demo.Send(Signal.Interrupt).ExpectExit(130);
        AssertNothingIsLeft(demo);
    }

    private static void AssertNothingIsLeft(RunningTool demo)
    {
        string[] left =
        [
            .. Directory.GetFiles("/dev/shm", $"bips.bips-demo-{demo.Id}*"),
            .. Directory.GetDirectories("/proc").Where(process =>
                CommandLine(process).Contains($"bips-demo-{demo.Id}\0", StringComparison.Ordinal)),
        ];
        Assert.That(left, Is.Empty);
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
