using System.Text.Json;
using Bips.Processes;

namespace Bips.Tests.Cli;

/// <summary>Each way to end has its own exit code, and none leaves anything behind.</summary>
public sealed class ExitCodeTests : ToolFixture
{
    [Test]
    public void A_pool_that_is_not_there_is_not_found()
    {
        RunningTool receiver = Run("receive", Pool, "--json");
        receiver.ExpectExit(4);
        Assert.That(receiver.Error, Does.StartWith($"bips: There is no pool '{Pool}'"));
        Assert.That(receiver.Result.GetProperty("exit").GetString(), Is.EqualTo("pool-not-found"));
        Assert.That(Number(receiver, "exit_code"), Is.EqualTo(4));
    }

    [Test]
    public void A_wait_for_a_pool_ends_in_time() => Receive("--timeout", "0.2").ExpectExit(4);

    [TestCase("receive", "no/slash")]
    [TestCase("receive", "x.lanes")]
    [TestCase("receive", "x", "--overflow", "latest:0")]
    [TestCase("receive", "x", "--as", "avi")]
    [TestCase("receive", "x", "--hold", "-1")]
    [TestCase("receive", "x", "--timeout", "soon")]
    [TestCase("receive", "x", "--nonsense")]
    [TestCase("receive")]
    [TestCase("send", "x", "--frame-size", "0")]
    [TestCase("send", "x", "--frame-size", "9999999999999")]
    [TestCase("send", "x", "--buffers", "1")]
    [TestCase("send", "x", "--rate", "0")]
    [TestCase("send", "x", "--wait-consumers", "65")]
    [TestCase("send", "x", "--format", "a/b")]
    [TestCase("send", "x", "--loop")]
    [TestCase("demo", "--seconds", "-1")]
    [TestCase("nonsense")]
    public void Wrong_usage_is_told(params string[] arguments)
    {
        RunningTool tool = Run(arguments).EndInput();
        tool.ExpectExit(2);
        Assert.That(tool.Error, Does.StartWith("bips: "));
        Assert.That(tool.Error, Does.Not.Contain("Parameter").And.Not.Contain("Exception"));
    }

    [Test]
    public void Help_lists_the_exit_codes()
    {
        RunningTool tool = Run("--help");
        tool.ExpectExit(0);
        Assert.That(tool.Output, Does.Contain("130  interrupted").And.Contain("4  no pool has this name"));
    }

    [Test]
    public void No_frame_in_time_is_a_time_out()
    {
        RunningTool sender = Send("--frame-size", "1", "--progress", "json").Send("a"u8);
        sender.WaitForFrames(1);
        RunningTool receiver = Receive("--timeout", "0.2");
        receiver.ExpectExit(3);
        Assert.That(Number(receiver, "frames"), Is.EqualTo(1), "the history came before");
        sender.EndInput().ExpectExit(0);
    }

    [Test]
    public void No_free_buffer_in_time_is_a_time_out_that_names_who_is_to_blame()
    {
        RunningTool receiver = Receive("--delay", "600000");
        RunningTool sender = Send("--frame-size", "1", "--wait-consumers", "1", "--block-timeout", "0.2")
            .Send(new byte[100]).EndInput();
        sender.ExpectExit(3);
        Assert.That(sender.Error, Does.Contain($"process {receiver.Id} (block) lags 7 frames and holds 1"));
        receiver.Send(Signal.Terminate).ExpectExit(143);
    }

    [Test]
    public void A_killed_producer_is_lost_and_what_it_sent_is_received()
    {
        RunningTool sender = Send("--frame-size", "1", "--progress", "json", "--wait-consumers", "1");
        RunningTool receiver = Receive();
        sender.Send("abc"u8).WaitForFrames(3);
        sender.Kill();
        receiver.ExpectExit(6);
        Assert.That(Number(receiver, "frames"), Is.EqualTo(3));
        LeavesADeadPool = true;
    }

    [Test]
    public void A_producer_that_starts_again_in_time_goes_on_with_the_same_consumers()
    {
        RunningTool sender = Send("--frame-size", "1", "--progress", "json", "--wait-consumers", "1");
        RunningTool receiver = Receive("--producer-grace", "30", "--list");
        sender.Send("abc"u8).WaitForFrames(3);
        sender.Kill();
        Send("--frame-size", "1").Send("de"u8).EndInput().ExpectExit(0);
        receiver.ExpectExit(0);
        Assert.That(Number(receiver, "frames"), Is.EqualTo(5));
    }

    [Test]
    public void A_pool_made_anew_with_another_size_ends_the_old_consumers()
    {
        RunningTool sender = Send("--frame-size", "1", "--progress", "json", "--wait-consumers", "1");
        RunningTool receiver = Receive("--producer-grace", "30");
        sender.Send("abc"u8).WaitForFrames(3);
        sender.Kill();
        Send("--frame-size", "2").Send("de"u8).EndInput().ExpectExit(0);
        receiver.ExpectExit(14);
    }

    [Test]
    public void A_second_producer_is_refused()
    {
        RunningTool sender = Send("--frame-size", "1", "--progress", "json").Send("a"u8);
        sender.WaitForFrames(1);
        RunningTool second = Send("--frame-size", "1").Send("b"u8).EndInput();
        second.ExpectExit(10);
        Assert.That(second.Error, Does.Contain("has a live producer"));
        sender.EndInput().ExpectExit(0);
    }

    [Test]
    public void A_foreign_file_is_no_pool()
    {
        string file = $"/dev/shm/bips.{Pool}";
        File.WriteAllText(file, "something else");
        try
        {
            RunningTool receiver = Receive();
            receiver.ExpectExit(5);
            Assert.That(receiver.Error, Does.Contain(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void Too_few_buffers_are_refused_with_the_rule()
    {
        RunningTool sender = Send("--frame-size", "1", "--buffers", "3", "--history", "3").Send("a"u8).EndInput();
        sender.ExpectExit(9);
        Assert.That(sender.Error, Does.Contain("buffers > write leases + history"));
    }

    [Test]
    public void More_held_frames_than_buffers_are_refused()
    {
        RunningTool sender = Send("--frame-size", "1", "--progress", "json").Send("a"u8);
        sender.WaitForFrames(1);
        RunningTool receiver = Receive("--hold", "8");
        receiver.ExpectExit(2);
        Assert.That(receiver.Error, Does.Contain("9 frames are to be held at once, and the pool has 8 buffers"));
        sender.EndInput().ExpectExit(0);
    }

    [Test]
    public void A_pool_that_does_not_fit_is_refused_before_memory_is_taken()
    {
        RunningTool sender = Send("--frame-size", "2147483647", "--buffers", "4096").Send("a"u8).EndInput();
        sender.ExpectExit(8);
        Assert.That(sender.Error, Does.Contain("bytes in '/dev/shm'").And.Contain("are free on the mount"));
    }

    [Test]
    public void A_pool_without_y4m_is_not_written_as_y4m()
    {
        RunningTool sender = Send("--frame-size", "1", "--progress", "json").Send("a"u8);
        sender.WaitForFrames(1);
        RunningTool receiver = Receive("--as", "y4m", "--output", FilePath("copy"));
        receiver.ExpectExit(1);
        Assert.That(receiver.Error, Does.Contain("keeps no Y4M header"));
        sender.EndInput().ExpectExit(0);
    }

    [Test]
    public void An_output_that_cannot_be_written_is_told_before_the_wait_for_a_pool()
    {
        RunningTool receiver = Receive("--output", FilePath("none/copy"));
        receiver.ExpectExit(1);
        Assert.That(receiver.Error, Does.Contain("none/copy"));
    }

    [Test]
    public void A_reader_that_closes_the_output_ends_the_receiver()
    {
        RunningTool receiver = Receive("--output", "-");
        RunningTool sender = Send("--frame-size", "100000", "--wait-consumers", "1", "--progress", "json");
        receiver.OutputStream.Close();
        sender.Send(NumberedFrames(3, 100_000));
        Assert.That(receiver.WaitForExitWithoutOutput(), Is.EqualTo(141), receiver.Error);
        sender.EndInput().ExpectExit(0);
    }

    [TestCase(Signal.Interrupt, 130)]
    [TestCase(Signal.Terminate, 143)]
    [TestCase(Signal.Hangup, 129)]
    public void A_signal_ends_a_sender_that_waits_for_consumers(Signal signal, int code)
    {
        RunningTool sender = Send("--frame-size", "1", "--wait-consumers", "2", "--json");
        sender.WaitForError($"waiting for consumers of '{Pool}': 0 of 2");
        sender.Send(signal).ExpectExit(code);
        Assert.That(Number(sender, "exit_code"), Is.EqualTo(code));
    }

    [Test]
    public void An_interrupt_ends_a_sender_that_waits_for_its_input_and_its_receiver_ends()
    {
        RunningTool sender = Send("--frame-size", "10", "--progress", "json", "--wait-consumers", "1");
        RunningTool receiver = Receive();
        sender.Send(NumberedFrames(2, 10)).WaitForFrames(2);
        sender.Send(Signal.Interrupt).ExpectExit(130);
        receiver.ExpectExit(0);
        Assert.That(Number(receiver, "frames"), Is.EqualTo(2));
    }

    [Test]
    public void An_interrupt_ends_a_sender_that_waits_for_a_buffer()
    {
        RunningTool receiver = Receive("--delay", "600000");
        RunningTool sender = Send("--frame-size", "1", "--wait-consumers", "1", "--progress", "json")
            .Send(new byte[100]);
        sender.WaitForFrames(8);
        sender.Send(Signal.Interrupt).ExpectExit(130);
        receiver.Send(Signal.Interrupt).ExpectExit(130);
        Assert.That(receiver.Result.GetProperty("message").GetString(), Is.EqualTo("interrupted (Ctrl-C, SIGINT)"));
    }

    [Test]
    public void An_interrupt_ends_a_receiver_that_waits_for_a_frame()
    {
        RunningTool sender = Send("--frame-size", "1", "--wait-consumers", "1", "--progress", "json");
        RunningTool receiver = Receive("--sha256", "--progress", "json");
        sender.Send("a"u8);
        receiver.WaitForFrames(1);
        receiver.Send(Signal.Interrupt).ExpectExit(130);
        Assert.That(receiver.Result.GetProperty("sha256").GetString(), Has.Length.EqualTo(64));
        sender.EndInput().ExpectExit(0);
    }

    [Test]
    public void An_interrupt_ends_a_receiver_that_waits_for_a_pool()
    {
        RunningTool receiver = Receive("--progress", "json");
        receiver.WaitForError("\"frames\":0,");
        receiver.Send(Signal.Interrupt).ExpectExit(130);
    }

    [Test]
    public void An_interrupt_ends_a_receiver_whose_output_nobody_reads()
    {
        RunningTool sender = Send("--frame-size", "3000000", "--wait-consumers", "1", "--progress", "json");
        RunningTool receiver = Receive("--output", "-", "--progress", "json");
        sender.Send(NumberedFrames(1, 3_000_000));
        receiver.WaitForFrames(1);
        receiver.Send(Signal.Interrupt);
        Assert.That(receiver.WaitForExitWithoutOutput(), Is.EqualTo(130), receiver.Error);
        sender.EndInput().ExpectExit(0);
    }

    [Test]
    public void Quiet_says_nothing_and_json_is_json()
    {
        RunningTool receiver = Run("receive", Pool, "--wait", "--quiet");
        RunningTool sender = Send("--frame-size", "1", "--wait-consumers", "1", "--json", "--quiet").Send("abc"u8)
            .EndInput();
        sender.ExpectExit(0);
        receiver.ExpectExit(0);
        Assert.That(receiver.Output + receiver.Error + sender.Error, Is.Empty);
        JsonElement result = sender.Result;
        Assert.That(result.GetProperty("event").GetString(), Is.EqualTo("result"));
        Assert.That(result.GetProperty("pool").GetString(), Is.EqualTo(Pool));
        Assert.That(result.GetProperty("frames").GetInt64(), Is.EqualTo(3));
        Assert.That(result.GetProperty("exit").GetString(), Is.EqualTo("success"));
    }
}
