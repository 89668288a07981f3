using System.Text.Json;
using Bips.Processes;

namespace Bips.Tests.Cli;

/// <summary>Slow consumers lose what they chose to lose, and it is counted.</summary>
public sealed class OverflowTests : ToolFixture
{
    private const int Size = 5000;

    [Test]
    public void A_slow_consumer_that_drops_the_oldest_counts_every_loss_and_gets_whole_frames()
    {
        const int sent = 120;
        string copy = FilePath("copy");
        RunningTool receiver = Receive("--overflow", "drop-oldest", "--delay", "20", "--output", copy);

        Send("--frame-size", "5000", "--rate", "400", "--wait-consumers", "1").Send(NumberedFrames(sent, Size))
            .EndInput().ExpectExit(0);
        receiver.ExpectExit(0);

        long received = Number(receiver, "frames");
        Assert.That(received + Number(receiver, "lost"), Is.EqualTo(sent));
        Assert.That(Number(receiver, "lost"), Is.Positive, "it was too fast to lose anything");
        Assert.That(Number(receiver, "last_sequence"), Is.EqualTo(sent), "the newest frames are kept");
        byte[] payload = File.ReadAllBytes(copy);
        Assert.That(payload, Has.Length.EqualTo(received * Size));
        int before = 0;
        foreach (byte[] frame in payload.Chunk(Size))
        {
            Assert.That(frame, Is.All.EqualTo(frame[0]), "a frame is a mixture");
            Assert.That(frame[0], Is.GreaterThan(before), "frames are out of order");
            before = frame[0];
        }
    }

    [Test]
    public void A_consumer_of_the_latest_frame_goes_on_with_the_newest_each_time()
    {
        RunningTool receiver = Receive("--overflow", "latest:1", "--list", "--progress", "json");
        RunningTool sender = Send("--frame-size", "5000", "--wait-consumers", "1", "--count", "40")
            .Send(NumberedFrames(1, Size));
        receiver.WaitForFrames(1);

        receiver.Stop();
        sender.Send(NumberedFrames(39, Size)).EndInput().ExpectExit(0);
        receiver.Send(Signal.Continue).ExpectExit(0);

        Assert.That(Sequences(receiver), Is.EqualTo([1L, 40L]));
        Assert.That(Number(receiver, "lost"), Is.EqualTo(38));
    }

    [Test]
    public void A_stopped_consumer_that_drops_the_oldest_keeps_as_many_frames_as_there_are_buffers()
    {
        RunningTool receiver = Receive("--overflow", "drop-oldest", "--list", "--progress", "json");
        RunningTool sender = Send("--frame-size", "5000", "--wait-consumers", "1", "--buffers", "8", "--count", "40")
            .Send(NumberedFrames(1, Size));
        receiver.WaitForFrames(1);

        receiver.Stop();
        sender.Send(NumberedFrames(39, Size)).EndInput().ExpectExit(0);
        receiver.Send(Signal.Continue).ExpectExit(0);

        Assert.That(Sequences(receiver), Is.EqualTo([1L, 33, 34, 35, 36, 37, 38, 39, 40]));
        Assert.That(Number(receiver, "lost"), Is.EqualTo(31));
    }

    [Test]
    public void A_consumer_that_keeps_the_last_frames_leased_holds_them_and_gets_all()
    {
        RunningTool receiver = Receive("--hold", "5", "--progress", "json");
        RunningTool sender = Send("--frame-size", "5000", "--wait-consumers", "1", "--json")
            .Send(NumberedFrames(100, Size));
        receiver.WaitForFrames(100);

        sender.EndInput().ExpectExit(0);
        receiver.ExpectExit(0);

        Assert.That(sender.Result.GetProperty("consumers")[0].GetProperty("held").GetInt32(), Is.EqualTo(5));
        Assert.That(Number(receiver, "frames"), Is.EqualTo(100));
    }

    [Test]
    public void A_late_joiner_gets_the_history_of_a_paused_stream_at_once()
    {
        RunningTool sender = Send("--frame-size", "5000", "--history", "3", "--progress", "json")
            .Send(NumberedFrames(5, Size));
        sender.WaitForFrames(5);

        RunningTool receiver = Receive("--count", "3", "--list", "--timeout", "20");
        receiver.ExpectExit(0);

        Assert.That(sender.HasExited, Is.False, "the stream was not paused");
        Assert.That(Sequences(receiver), Is.EqualTo([3L, 4, 5]));
        sender.EndInput().ExpectExit(0);
    }

    private static IEnumerable<long> Sequences(RunningTool receiver) => receiver.Output.TrimEnd().Split('\n')
        .Select(static line => JsonElement.Parse(line))
        .Where(static json => json.GetProperty("event").ValueEquals("frame"))
        .Select(static json => json.GetProperty("sequence").GetInt64());
}
