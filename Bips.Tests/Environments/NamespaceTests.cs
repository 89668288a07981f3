using Bips.Tests.Support;

namespace Bips.Tests.Environments;

/// <summary>
/// Processes that share nothing but a mount: own PID, IPC, mount and user namespaces, as containers have.
/// </summary>
public sealed class NamespaceTests : PoolFixture
{
    private static readonly string[] s_isolated =
    [
        "bwrap", "--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-user", "--unshare-uts",
        "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--setenv", "DOTNET_EnableDiagnostics", "0",
    ];

    private static string[] SharingShm => [.. s_isolated, "--bind", "/dev/shm", "/dev/shm"];

    [Test]
    public void Consumer_killed_in_another_pid_namespace_gives_its_buffers_back()
    {
        ActorProcess producer = StartActor(SharingShm);
        Assert.That(producer.OwnId, Is.LessThan(10), "a PID namespace of its own");
        Assert.That(producer.Do($"create name={Name} buffers=4 history=1"), Does.StartWith("ok new"));
        ActorProcess holder = StartActor(SharingShm);
        Assert.That(holder.OwnId, Is.EqualTo(producer.OwnId), "the same PID means nothing");
        Assert.That(holder.Do($"open name={Name} held=2"), Does.StartWith("ok 0"));
        ActorProcess innocent = StartActor();
        innocent.Do($"open name={Name}");
        innocent.Say("receive");
        Assert.That(producer.Do("send count=2"), Is.EqualTo("ok 2"));
        Assert.That(holder.Do("pull"), Does.StartWith("Success 1").And.Contain("intact"));
        Assert.That(holder.Do("pull"), Does.StartWith("Success 2").And.Contain("intact"));
        Assert.That(producer.Do("send count=3 timeout=500"), Is.EqualTo("TimedOut 2"), "two held, two not taken");
        producer.Say("send count=10");
        holder.Kill();
        Assert.That(producer.Answer(), Is.EqualTo("ok 14"));
        producer.Do("close-producer");
        Assert.That(innocent.Answer(), Is.EqualTo("EndOfStream 14 0 1 14"));
    }

    [Test]
    public void Producer_killed_in_another_pid_namespace_is_missed_and_succeeded()
    {
        ActorProcess producer = StartActor(SharingShm);
        producer.Do($"create name={Name}");
        ActorProcess consumer = StartActor(SharingShm);
        consumer.Do($"open name={Name}");
        producer.Do("send count=2");
        producer.Kill();
        Assert.That(consumer.Do("receive count=2"), Is.EqualTo("Success 2 0 1 2"));
        Assert.That(consumer.Do("pull"), Does.StartWith("ProducerLost"));
        ActorProcess successor = StartActor();
        Assert.That(successor.Do($"create name={Name}"), Is.EqualTo("ok take-over 2"));
        Assert.That(successor.Do("send"), Is.EqualTo("ok 3"));
        Assert.That(consumer.Do("pull"), Does.StartWith("Success 3"));
        successor.Do("close-producer");
    }

    [Test]
    public void Bind_mounted_directory_is_one_pool_under_two_paths()
    {
        using var directory = new TemporaryDirectory(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        ActorProcess producer = StartActor([
            .. s_isolated, "--tmpfs", "/mnt", "--bind", directory.Path, "/mnt/a", "--setenv",
            "BIPS_DIRECTORY", "/mnt/a",
        ]);
        ActorProcess consumer = StartActor([
            .. s_isolated, "--tmpfs", "/srv", "--bind", directory.Path, "/srv/b", "--setenv",
            "BIPS_DIRECTORY", "/srv/b",
        ]);
        Assert.That(producer.Do($"create name={Name}"), Does.StartWith("ok new"));
        Assert.That(consumer.Do($"open name={Name}"), Does.StartWith("ok 0"));
        Assert.That(producer.Do("send count=1 length=500"), Is.EqualTo("ok 1"));
        Assert.That(consumer.Do("pull"), Does.StartWith("Success 1 500 intact"));
        Assert.That(StartActor([.. s_isolated]).Do($"open name={Name}"), Does.StartWith("error PoolNotFound")
            .And.Contain("whether they share it"));
        producer.Do("close-producer");
    }

    [Test]
    public void Users_with_a_common_group_share_a_pool_and_others_are_kept_out()
    {
        ActorProcess producer = StartActor(As(10001, 20000));
        Assert.That(producer.Do($"create name={Name} group=20000 access=640"), Does.StartWith("ok new"));
        ActorProcess consumer = StartActor(As(10002, 20000));
        Assert.That(consumer.Do($"open name={Name}"), Does.StartWith("ok 0"));
        Assert.That(StartActor(As(10003, 20001)).Do($"open name={Name}"), Does.StartWith("error AccessDenied")
            .And.Contain("group 20000"));
        producer.Do("send count=1 length=500");
        Assert.That(consumer.Do("pull"), Does.StartWith("Success 1 500 intact"));
        producer.Kill();
        Assert.That(StartActor(As(10002, 20000)).Do($"create name={Name} group=20000 access=640"),
            Does.StartWith("error AccessDenied").And.Contain("user 10001"),
            "whoever may only read does not become producer");
        Assert.That(StartActor(As(10001, 20000)).Do($"create name={Name} group=20000 access=640"),
            Is.EqualTo("ok take-over 1"));
        LeavesADeadPool = true;
    }

    private static string[] As(int user, int group) =>
    [
        "unshare", "--pid", "--ipc", "--mount-proc", "--fork", "--kill-child", "--",
        "setpriv", FormattableString.Invariant($"--reuid={user}"), FormattableString.Invariant($"--regid={user}"),
        FormattableString.Invariant($"--groups={group}"), "--",
    ];
}
