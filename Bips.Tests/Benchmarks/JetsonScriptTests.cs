using Bips.Benchmarks.Report;
using Bips.Tests.Support;

namespace Bips.Tests.Benchmarks;

/// <summary>The script for boards, with commands and files of a board that is not there.</summary>
public sealed class JetsonScriptTests
{
    private static readonly string s_script = Path.Combine(Repository.Root, "jetson/bench.sh");

    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("bips-test-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void A_board_is_recorded_with_its_power_mode_and_left_as_it_was()
    {
        PutBoard();
        OrderedDictionary<string, string> facts = Measure("nvidia-jetson-agx-orin");
        Assert.That(facts["board"], Is.EqualTo("NVIDIA Jetson AGX Orin"));
        Assert.That(facts["L4T release"], Is.EqualTo("# R36 (release), REVISION: 4.3"));
        Assert.That(facts["power mode"], Is.EqualTo("NV Power Mode: MAXN; 0"));
        Assert.That(facts["clocks"], Is.EqualTo("SOC family:tegra234; Online CPUs: 0-11"));
        Assert.That(facts["frequencies"], Is.EqualTo("processors 0 1: schedutil now 1190400, 115200..2201600 kHz"));
        Assert.That(facts["memory bandwidth"],
            Does.Match(@"^1 thread: copy [\d.]+ GB/s, triad [\d.]+ GB/s; ")
                .Or.StartsWith("not available: no C compiler"));
        Assert.That(facts["command"], Does.StartWith("jetson/bench.sh --output"));
        Assert.That(Calls(), Is.EqualTo(["nvpmodel -q", "jetson_clocks --show"]));
    }

    [Test]
    public void Clocks_are_raised_only_when_asked_and_put_back()
    {
        PutBoard();
        Assert.That(Measure("nvidia-jetson-agx-orin", "--max-clocks")["clocks raised"], Is.EqualTo("yes"));
        AssertPutBack();
    }

    [Test]
    public void Clocks_are_put_back_when_the_benchmark_fails()
    {
        PutBoard();
        (int code, _, string error) = Run("--max-clocks", "--program", "/bin/false");
        Assert.That(code, Is.EqualTo(1), error);
        AssertPutBack();
    }

    [Test]
    public void What_another_machine_lacks_is_recorded_with_the_reason()
    {
        OrderedDictionary<string, string> facts = Measure("here", "--name", "here");
        Assert.That(facts["power mode"], Is.EqualTo("not available: no nvpmodel on this machine"));
        Assert.That(facts["clocks"], Is.EqualTo("not available: no jetson_clocks on this machine"));
        Assert.That(facts["L4T release"], Is.EqualTo("not available: no /etc/nv_tegra_release"));
        Assert.That(facts["frequencies"], Is.EqualTo("not available: no cpufreq policy is visible"));
        Assert.That(facts["clocks raised"], Is.EqualTo("no"));
    }

    [Test]
    public void A_command_that_fails_is_recorded_with_what_it_said()
    {
        PutCommand("nvpmodel", "echo 'no such mode' >&2; exit 7");
        Assert.That(Measure("here", "--name", "here")["power mode"],
            Is.EqualTo("not available: nvpmodel ended with 7: no such mode"));
    }

    [Test]
    public void Clocks_that_cannot_be_raised_end_the_run_before_it_begins()
    {
        (int code, _, string error) = Run("--max-clocks", "--program", "/bin/false");
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("needs jetson_clocks"));
    }

    private void PutBoard()
    {
        PutFile("proc/device-tree/model", "NVIDIA Jetson AGX Orin\0");
        PutFile("etc/nv_tegra_release", "# R36 (release), REVISION: 4.3\n");
        const string policy = "sys/devices/system/cpu/cpufreq/policy0";
        PutFile($"{policy}/related_cpus", "0 1\n");
        PutFile($"{policy}/scaling_governor", "schedutil\n");
        PutFile($"{policy}/scaling_cur_freq", "1190400\n");
        PutFile($"{policy}/scaling_min_freq", "115200\n");
        PutFile($"{policy}/scaling_max_freq", "2201600\n");
        PutCommand("nvpmodel", "printf 'NV Power Mode: MAXN\\n0\\n'");
        PutCommand("jetson_clocks",
            "[ \"${1:-}\" != --show ] || printf '  SOC family:tegra234 \\n\\nOnline CPUs: 0-11\\n'");
    }

    private void AssertPutBack()
    {
        string[] calls = [.. Calls().Where(call => call.StartsWith("jetson_clocks", StringComparison.Ordinal))];
        Assert.That(calls[0], Does.StartWith("jetson_clocks --store "));
        Assert.That(calls,
            Is.EqualTo(["jetson_clocks --store " + calls[0].Split(' ')[2], "jetson_clocks ", "jetson_clocks --show",
            "jetson_clocks --restore " + calls[0].Split(' ')[2]]));
    }

    private string[] Calls() => File.ReadAllLines(Path.Combine(_directory, "calls"));

    /// <summary>Runs one short trial, and reads the record of the result.</summary>
    private OrderedDictionary<string, string> Measure(string name, params string[] options)
    {
        (int code, string output, string error) = Run(
            [.. options, "--program", Path.Combine(AppContext.BaseDirectory, "Bips.Benchmarks"), "wake", "--quick",
                "--repetitions", "1"]);
        Assert.That(code, Is.Zero, output + error);
        string results = Path.Combine(_directory, "out", name);
        Assert.That(File.Exists(results + ".html"), error);
        Assert.That(File.Exists(Path.Combine(_directory, "out", "results.md")), error);
        return RunReport.Load(new FileInfo(results + ".json")).Environment;
    }

    private (int Code, string Output, string Error) Run(params string[] options) => Shell.TryRun("env",
    [
        $"BIPS_PROBE_ROOT={_directory}/root", "BIPS_PROBE_ARRAY_MIB=1",
        $"PATH={_directory}/bin:{Environment.GetEnvironmentVariable("PATH")}",
        s_script, "--output", Path.Combine(_directory, "out"), .. options,
    ]);

    private void PutFile(string path, string text)
    {
        string full = Path.Combine(_directory, "root", path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private void PutCommand(string name, string body)
    {
        string path = Path.Combine(_directory, "bin", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\necho \"{name} $*\" >> '{_directory}/calls'\n{body}\n");
        Shell.Run("chmod", "+x", path);
    }
}
