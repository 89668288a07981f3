using System.Globalization;
using Bips.Tests.Support;

namespace Bips.Tests.Environments;

/// <summary>
/// Directories other than an empty <c>/dev/shm</c>: chosen ones, sticky ones, ones where others have been.
/// </summary>
public sealed class DirectoryTests : PoolFixture
{
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead |
        UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory(Everybody | UnixFileMode.StickyBit);

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Environment_variable_chooses_the_directory_and_an_option_overrules_it()
    {
        ActorProcess producer = StartActor("env", $"BIPS_DIRECTORY={_directory.Path}");
        Assert.That(producer.Do($"create name={Name}"), Does.StartWith("ok new"));
        Assert.That(_directory.Files, Has.Length.EqualTo(2));
        Consumer consumer = OpenConsumer(new ConsumerOptions { Directory = _directory.Path });
        producer.Do("send length=10");
        Assert.That(TakeSequence(consumer), Is.EqualTo(1));
        ActorProcess elsewhere = StartActor("env", "BIPS_DIRECTORY=/no/such/directory");
        Assert.That(elsewhere.Do($"open name={Name} directory={_directory.Path}"), Does.StartWith("ok 1"));
        producer.Do("close-producer");
        Assert.That(_directory.Files, Is.Empty);
    }

    [Test]
    public void Leftover_of_another_user_is_an_error_that_names_him_and_a_way_out()
    {
        LeaveAPool();
        string answer = StartAs(10002).Do($"create name={Name} directory={_directory.Path}");
        Assert.That(answer, Does.StartWith("error AccessDenied").And.Contain("user 10001").And.Contain("mode 0640")
            .And.Contain("remove"));
        Assert.That(_directory.Files, Has.Length.EqualTo(2), "what is another's was left alone");
        Assert.That(StartAs(10001).Do($"create name={Name} directory={_directory.Path}"),
            Does.StartWith("ok take-over"));
    }

    [Test]
    public void Lanes_of_another_user_in_a_sticky_directory_are_an_error_and_leave_nothing_half_made()
    {
        LeaveAPool();
        File.Delete(Path.Combine(_directory.Path, $"bips.{Name}"));
        string answer = StartAs(10002).Do($"create name={Name} directory={_directory.Path}");
        Assert.That(answer, Does.StartWith("error AccessDenied").And.Contain("user 10001").And.Contain("sticky"));
        Assert.That(_directory.Files, Has.Length.EqualTo(1));
    }

    /// <summary>
    /// Does what systemd does to the objects of a user who logs out for the last time, unless RemoveIPC=no.
    /// </summary>
    [Test]
    public void Names_removed_under_a_live_pool_hurt_nobody_who_is_attached()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 64 });
        Consumer attached = OpenConsumer();
        File.Delete($"/dev/shm/bips.{Name}");
        File.Delete($"/dev/shm/bips.{Name}.lanes");
        for (ulong sequence = 1; sequence <= 30; sequence++)
        {
            Assert.That(Send(producer), Is.EqualTo(sequence));
            Assert.That(TakeSequence(attached), Is.EqualTo(sequence));
        }

        Fails(BipsError.PoolNotFound, () => Consumer.Open(Name));
        Producer second = Open(Producer.Create(Name, new PoolOptions { BufferSize = 64 }));
        Assert.That(second.IsTakeOver, Is.False);
        producer.Dispose();
        Assert.That(attached.Pull(out _, TimeSpan.Zero), Is.EqualTo(PullStatus.EndOfStream));
        Consumer anew = OpenConsumer();
        Send(second);
        Assert.That(TakeSequence(anew), Is.EqualTo(1), "the end of the first pool left the second one's names alone");
    }

    [Test]
    public void Truncated_pool_ends_who_touches_it_and_nobody_of_another_pool()
    {
        LeavesADeadPool = true;
        ActorProcess producer = StartActor();
        producer.Do($"create name={Name} buffers=8");
        ActorProcess reader = StartActor();
        reader.Do($"open name={Name}");
        string other = Name + "-other";
        Producer untouched = Open(Producer.Create(other, new PoolOptions { BufferSize = 64 }));
        Consumer reading = Open(Consumer.Open(other));
        using (FileStream file = File.OpenWrite($"/dev/shm/bips.{Name}"))
        {
            file.SetLength(0);
        }

        Assert.That(EndOf(producer, "send"), Is.EqualTo(128 + 6).Or.EqualTo(128 + 7),
            "SIGBUS, which .NET turns into SIGABRT");
        Assert.That(EndOf(reader, "pull timeout=1000"), Is.EqualTo(128 + 6).Or.EqualTo(128 + 7));
        for (ulong sequence = 1; sequence <= 20; sequence++)
        {
            Assert.That(Send(untouched), Is.EqualTo(sequence));
            Assert.That(TakeSequence(reading), Is.EqualTo(sequence));
        }

        Fails(BipsError.NotAPool, () => Consumer.Open(Name));
    }

    private static int EndOf(ActorProcess actor, string command)
    {
        actor.Say(command);
        return actor.WaitForEnd();
    }

    private void LeaveAPool()
    {
        ActorProcess owner = StartAs(10001);
        Assert.That(owner.Do($"create name={Name} directory={_directory.Path}"), Does.StartWith("ok new"));
        owner.Kill();
    }

    private ActorProcess StartAs(int user) =>
        StartActor("setpriv", string.Create(CultureInfo.InvariantCulture, $"--reuid={user}"),
        string.Create(CultureInfo.InvariantCulture, $"--regid={user}"), "--clear-groups", "--");
}
