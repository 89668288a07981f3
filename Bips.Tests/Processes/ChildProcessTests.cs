using System.Globalization;
using Bips.Processes;
using Bips.Tests.Support;

namespace Bips.Tests.Processes;

/// <summary>What everything that starts other processes relies on.</summary>
public sealed class ChildProcessTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_impatience = TimeSpan.FromMilliseconds(200);

    [Test]
    public void Lines_are_read_one_by_one_to_the_end()
    {
        using ChildProcess child = Shell("read a; echo \"got $a\"; read b; echo \"got $b\"");
        child.WriteLine("one");
        Assert.That(child.ReadLine(s_patience), Is.EqualTo("got one"));
        child.WriteLine("two");
        Assert.That(child.ReadLine(s_patience), Is.EqualTo("got two"));
        Assert.That(child.ReadLine(s_patience), Is.Null);
        Assert.That(child.WaitForExit(s_patience), Is.Zero);
        Assert.That(child.OutputLines, Is.EqualTo(["got one", "got two"]));
    }

    [Test]
    public void A_deadline_that_passes_is_told_with_what_the_child_said()
    {
        using ChildProcess child = Shell("echo to output; echo to error >&2; read never");
        Assert.That(child.ReadLine(s_patience), Is.EqualTo("to output"));
        Assert.That(SpinWait.SpinUntil(() => child.ErrorLines.Count > 0, s_patience));
        Assert.That(() => child.ReadLine(s_impatience), Throws.InstanceOf<TimeoutException>()
            .With.Message.StartsWith("sh said nothing more")
            .And.Message.Contains("to error").And.Message.Contains("to output"));
        Assert.That(() => child.WaitForExit(s_impatience), Throws.InstanceOf<TimeoutException>()
            .With.Message.Contains("to error"));
        Assert.That(child.TryWaitForExit(s_impatience), Is.False);
        child.EndInput();
        Assert.That(child.TryWaitForExit(s_patience), Is.True);
    }

    [Test]
    public void A_disposed_child_is_killed_and_reaped()
    {
        ChildProcess child = Shell("exec sleep 1000");
        child.Dispose();
        Assert.That(Directory.Exists($"/proc/{child.Id}"), Is.False);
    }

    [Test]
    public void A_killed_child_is_known_by_its_exit_code()
    {
        using ChildProcess child = Shell("exec sleep 1000");
        Assert.That(child.WasKilled, Is.False);
        child.Kill();
        Assert.That(child.WaitForExit(s_patience), Is.EqualTo(128 + 9));
        Assert.That(child.WasKilled, Is.True);
        child.Send(Signal.Continue);
    }

    [Test]
    public void A_child_that_is_asked_to_end_may_clean_up()
    {
        using ChildProcess child =
            Shell("trap 'echo cleaned up; exit 3' TERM; echo ready; while :; do sleep 0.01; done");
        Assert.That(child.ReadLine(s_patience), Is.EqualTo("ready"));
        child.Terminate(s_patience);
        Assert.That(child.WaitForExit(s_patience), Is.EqualTo(3));
        Assert.That(child.OutputLines, Does.Contain("cleaned up"));
    }

    [Test]
    public void A_child_that_does_not_end_when_asked_is_killed()
    {
        using ChildProcess child = Shell("trap '' TERM; echo ready; while :; do sleep 0.01; done");
        Assert.That(child.ReadLine(s_patience), Is.EqualTo("ready"));
        child.Terminate(s_impatience);
        Assert.That(child.WasKilled, Is.True);
    }

    [Test]
    public void A_killed_dotnet_child_leaves_no_files_in_the_temporary_directory()
    {
        using ActorProcess actor = ActorProcess.Start();
        actor.Kill();
        string[] left = Directory.GetFiles(Path.GetTempPath(),
            string.Create(CultureInfo.InvariantCulture, $"*-{actor.Id}-*"));
        Assert.That(left, Is.Empty);
    }

    [Test]
    public void Environment_and_working_directory_are_the_childs_own()
    {
        using ChildProcess child = ChildProcess.Start("sh", ["-c", "echo \"$ONE ${HOME-none} $PWD\""], new ChildOptions
        {
            WorkingDirectory = "/",
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["ONE"] = "1", ["HOME"] = null },
        });
        Assert.That(child.ReadLine(s_patience), Is.EqualTo("1 none /"));
    }

    [Test]
    public void A_program_that_takes_too_long_is_killed_with_its_children()
    {
        string mark = $"{Guid.NewGuid():N}";
        string script = $"sh -c 'while :; do sleep 0.01; done' {mark} & wait";
        Assert.That(() => ChildProcess.Run("sh", ["-c", script], s_impatience), Throws.InstanceOf<TimeoutException>());
        Assert.That(SpinWait.SpinUntil(() => !IsRunning(mark), s_patience));
    }

    [Test]
    public void All_output_of_a_program_that_has_run_is_there_to_the_byte()
    {
        (int code, string output, string error) = ChildProcess.Run("sh", ["-c", "printf 'a\\nb'; echo c >&2; exit 7"],
            s_patience);
        Assert.That((code, output, error), Is.EqualTo((7, "a\nb", "c")));
    }

    private static ChildProcess Shell(string script) =>
        ChildProcess.Start("sh", ["-c", script], new ChildOptions { MayBeKilled = true });

    private static bool IsRunning(string mark) => Directory.GetDirectories("/proc")
        .Where(process => char.IsDigit(Path.GetFileName(process)[0]))
        .Any(process => CommandLineOf(process).Contains(mark, StringComparison.Ordinal));

    private static string CommandLineOf(string process)
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
