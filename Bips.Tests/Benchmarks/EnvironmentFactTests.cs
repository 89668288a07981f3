using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Report;
using Bips.Benchmarks.Report.Facts;

namespace Bips.Tests.Benchmarks;

/// <summary>The environment record says what the kernel shows, whatever it shows.</summary>
public sealed class EnvironmentFactTests
{
    private const string Processors = "sys/devices/system/cpu";

    private static readonly RunSettings s_settings = new(IsQuick: true, Repetitions: 3, [0, 1]);

    private string _root = "";

    [SetUp]
    public void MakeRoot() => _root = Directory.CreateTempSubdirectory("bips-test-").FullName;

    [TearDown]
    public void RemoveRoot() => Directory.Delete(_root, recursive: true);

    [TestCase("0", "1", "0-1", "different cores, they share an L3")]
    [TestCase("0", "1", "0,4-7", "different cores, they do not share an L3")]
    [TestCase("0-1", "0-1", "0-1", "two threads of one core")]
    public void The_first_two_processors_lie_to_each_other_as_the_kernel_says(string first, string second,
        string sharing, string relation)
    {
        Put($"{Processors}/cpu0/topology/thread_siblings_list", first);
        Put($"{Processors}/cpu1/topology/thread_siblings_list", second);
        Put($"{Processors}/cpu0/cache/index3/level", "3");
        Put($"{Processors}/cpu0/cache/index3/shared_cpu_list", sharing);
        Assert.That(new ProcessorFacts(Files, [0, 1]).Topology(), Does.EndWith($"0 and 1 are {relation}"));
    }

    [Test]
    public void The_strictest_group_on_the_way_to_the_root_limits()
    {
        Put("proc/self/cgroup", "0::/outer/inner");
        Put("sys/fs/cgroup/outer/cpu.max", "150000 100000");
        Put("sys/fs/cgroup/outer/inner/cpu.max", "max 100000");
        Put("sys/fs/cgroup/outer/memory.max", "1073741824");
        Put("sys/fs/cgroup/outer/inner/memory.max", "536870912");
        Put("sys/fs/cgroup/outer/inner/cpu.stat", "usage_usec 5\nnr_throttled 7");
        var group = new ControlGroup(Files);
        Assert.That(group.ProcessorQuota(), Is.EqualTo("1.5 processors"));
        Assert.That(group.MemoryLimit(), Is.EqualTo("512 MiB"));
        Assert.That(group.Stops(), Is.EqualTo(7));
    }

    [Test]
    public void Groups_of_old_kernels_limit_as_well()
    {
        Put("proc/self/cgroup", "4:memory:/box\n1:cpu,cpuacct:/box\n0::/");
        Put("sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "50000");
        Put("sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000");
        Put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1");
        Put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
        var group = new ControlGroup(Files);
        Assert.That(group.ProcessorQuota(), Is.EqualTo("0.5 processors"));
        Assert.That(group.MemoryLimit(), Is.EqualTo("none"));
    }

    [Test]
    public void Stolen_time_is_that_of_the_run_alone()
    {
        Put("proc/stat",
            "cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 100 0 50 800 0 0 0 50 0 0\ncpu1 0 0 0 100 0 0 0 0 0 0\nintr 1");
        EnvironmentRecord record = EnvironmentRecord.Begin(s_settings, Files);
        Put("proc/stat", "cpu0 150 0 70 820 0 0 0 60 0 0\ncpu1 50 0 0 150 0 0 0 0 0 0");
        Assert.That(record.Complete()["stolen time"], Is.EqualTo("10 % of processor 0, 0 % of processor 1"));
    }

    [Test]
    public void A_machine_that_shows_nothing_is_recorded_as_one()
    {
        OrderedDictionary<string, string> facts = EnvironmentRecord.Begin(s_settings, Files).Complete();
        Assert.That(facts.Values, Is.All.Not.Empty);
        Assert.That(facts["processor"], Is.EqualTo("unknown"));
        Assert.That(facts["processor quota"], Is.EqualTo("none"));
        Assert.That(facts["governor"], Is.EqualTo("none visible"));
        Assert.That(facts["board"], Is.EqualTo("no device tree"));
        Assert.That(facts["stolen time"], Is.EqualTo("unknown"));
    }

    [Test]
    public void What_is_known_about_a_board_becomes_part_of_the_record()
    {
        Put("proc/device-tree/model", "NVIDIA Jetson Orin Nano\0");
        Put("sys/class/thermal/thermal_zone0/type", "cpu-thermal");
        Put("sys/class/thermal/thermal_zone0/temp", "51500");
        Put("facts", "power mode: 15W: 0\nno fact\ncommand: jetson/bench.sh");
        OrderedDictionary<string, string> facts =
            EnvironmentRecord.Begin(s_settings, Files, new FileInfo(Path.Combine(_root, "facts"))).Complete();
        Assert.That(facts["board"], Is.EqualTo("NVIDIA Jetson Orin Nano"));
        Assert.That(facts["power mode"], Is.EqualTo("15W: 0"));
        Assert.That(facts["command"], Is.EqualTo("jetson/bench.sh"));
        Assert.That(facts["temperatures at end"], Is.EqualTo("cpu-thermal 51.5 °C"));
    }

    [Test]
    public void The_record_names_the_commit() =>
        Assert.That(EnvironmentRecord.Begin(s_settings, new SystemFiles()).Facts["commit"],
            Does.Match(@"^\d+\.\d+\.\d+\+[0-9a-f]{40}(-dirty|-unchecked)?$"));

    private SystemFiles Files => new(_root);

    private void Put(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text + "\n");
    }
}
