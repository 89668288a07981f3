using System.Runtime.InteropServices;
using Bips.Tests.Support;

namespace Bips.Tests.Environments;

/// <summary>
/// The recipes of <c>docs/containers.md</c> with a real engine, in containers that hold nothing but what the test
/// needs.
/// </summary>
public sealed class PodmanTests : PoolFixture
{
    private static readonly string[] s_engine = ["podman", "--runtime", "runc", "--cgroup-manager=cgroupfs"];
    private static readonly string[] s_directories = ["usr", "etc", "proc", "sys", "dev", "tmp", "run"];
    private static readonly string[] s_links = ["bin", "lib", "lib64", "sbin"];
    private readonly List<string> _containers = [];
    private string _root = "";

    [OneTimeSetUp]
    public void MakeRoot()
    {
        _root = Directory.CreateTempSubdirectory("bips-root-").FullName;
        foreach (string directory in s_directories)
        {
            Directory.CreateDirectory(Path.Combine(_root, directory));
        }

        foreach (string link in s_links.Where(link => Directory.Exists("/" + link)))
        {
            File.CreateSymbolicLink(Path.Combine(_root, link), "usr/" + link);
        }

        (int code, string _, string error) = Shell.TryRun("sh", "-c",
            string.Join(' ', Run("probe", [])) + " /bin/true");
        if (code != 0)
        {
            Assert.Ignore($"podman runs no container here (the namespace tests stand in for it): {error}");
        }
    }

    [OneTimeTearDown]
    public void RemoveRoot() => Directory.Delete(_root, recursive: true);

    [TearDown]
    public void RemoveContainers()
    {
        foreach (string container in _containers)
        {
            Shell.TryRun(s_engine[0], [.. s_engine[1..], "rm", "--force", "--time=0", container]);
        }

        _containers.Clear();
    }

    [Test]
    public void Containers_with_a_shared_ipc_namespace_share_pools_and_others_do_not()
    {
        ActorProcess producer = StartContainer("producer", "--ipc=shareable");
        Assert.That(producer.Do($"create name={Name} size=20000000"), Does.StartWith("error NoSpace")
            .And.Contain("are free on the mount '/dev/shm'").And.Contain("--shm-size"), "the default of 64 MB");
        Assert.That(producer.Do($"create name={Name} buffers=4"), Does.StartWith("ok new"));
        ActorProcess consumer = StartContainer("consumer", $"--ipc=container:{Container("producer")}");
        Assert.That(consumer.Do($"open name={Name} held=2"), Does.StartWith("ok 0"));
        Fails(BipsError.PoolNotFound, () => Consumer.Open(Name));
        producer.Do("send count=2 length=500");
        Assert.That(consumer.Do("pull"), Does.StartWith("Success 1 500 intact"));
        Assert.That(consumer.Do("pull"), Does.StartWith("Success 2 500 intact"));
        Assert.That(producer.Do("send count=3 timeout=500"), Is.EqualTo("TimedOut 2"));
        producer.Say("send count=10");
        Engine("kill", Container("consumer"));
        Assert.That(producer.Answer(), Is.EqualTo("ok 14"), "a killed container gives its buffers back");
        producer.Do("close-producer");
    }

    [Test]
    public void Containers_and_host_share_a_bind_mounted_directory()
    {
        using var directory = new TemporaryDirectory(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] shared = ["--volume", $"{directory.Path}:/pools", "--env", "BIPS_DIRECTORY=/pools"];
        ActorProcess producer = StartContainer("producer", shared);
        ActorProcess consumer = StartContainer("consumer", shared);
        Assert.That(producer.Do($"create name={Name} size=20000000 buffers=4"), Does.StartWith("ok new"),
            "not the 64 MB of the container");
        Assert.That(consumer.Do($"open name={Name}"), Does.StartWith("ok 0"));
        Consumer host = OpenConsumer(new ConsumerOptions { Directory = directory.Path });
        producer.Do("send count=1 length=500");
        Assert.That(consumer.Do("pull"), Does.StartWith("Success 1 500 intact"));
        Assert.That(TakeSequence(host), Is.EqualTo(1));
        Engine("kill", Container("producer"));
        Assert.That(host.Pull(out _, TimeSpan.FromSeconds(20)), Is.EqualTo(PullStatus.ProducerLost));
    }

    private static void Engine(params string[] arguments) => Shell.Run(s_engine[0], [.. s_engine[1..], .. arguments]);

    private string Container(string role) => $"bips-{role}-{Name}";

    private ActorProcess StartContainer(string role, params string[] options)
    {
        _containers.Add(Container(role));
        return StartActor(Run(Container(role), options));
    }

    /// <summary>
    /// Starts a container that sees the system's libraries, the runtime and the actor, all read-only.
    /// </summary>
    private string[] Run(string name, string[] options)
    {
        string runtime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        string program = AppContext.BaseDirectory.TrimEnd('/');
        return
        [
            .. s_engine, "run", "--rm", "--interactive", "--name", name, "--network=none",
            "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024", "--volume", "/usr:/usr:ro",
            "--volume", $"{runtime}:{runtime}:ro", "--volume", $"{program}:{program}:ro", "--env",
            $"DOTNET_ROOT={runtime}",
            .. options, "--rootfs", _root,
        ];
    }
}
