using System.Runtime.InteropServices;
using Bips.Layout;
using Bips.Tests.Support;

namespace Bips.Tests.Pool;

/// <summary>Every kind of bad input gets an error of its own, as the table in <c>docs/errors.md</c> says.</summary>
public sealed class BadInputTests : PoolFixture
{
    private string PoolFile => $"/dev/shm/bips.{Name}";

    [TestCase("")]
    [TestCase(".hidden")]
    [TestCase("-option")]
    [TestCase("a/b")]
    [TestCase("../up")]
    [TestCase("with space")]
    [TestCase("line\n")]
    [TestCase("pool.lanes")]
    [TestCase("größe")]
    public void Name_that_is_none_is_refused_and_the_rule_told(string name)
    {
        ArgumentException created = Assert.Throws<ArgumentException>(
            () => Producer.Create(name, new PoolOptions { BufferSize = 1 }))!;
        ArgumentException opened = Assert.Throws<ArgumentException>(() => Consumer.Open(name))!;
        Assert.That(created.Message, Does.Contain("letters, digits"));
        Assert.That(opened.Message, Does.Contain("letters, digits"));
    }

    [Test]
    public void Name_that_is_too_long_is_refused() =>
        Assert.Throws<ArgumentException>(() => Consumer.Open(new string('a', 201)));

    [Test]
    public void Sizes_out_of_range_are_refused_by_name()
    {
        var good = new PoolOptions { BufferSize = 8 };
        (PoolOptions Options, string Option)[] cases =
        [
            (good with { BufferSize = 0 }, nameof(good.BufferSize)),
            (good with { BufferSize = -1 }, nameof(good.BufferSize)),
            (good with { BufferCount = 1 }, nameof(good.BufferCount)),
            (good with { BufferCount = 4097 }, nameof(good.BufferCount)),
            (good with { History = -1 }, nameof(good.History)),
            (good with { MaximumConsumers = 0 }, nameof(good.MaximumConsumers)),
            (good with { MaximumConsumers = 65 }, nameof(good.MaximumConsumers)),
            (good with { WriteLeases = 0 }, nameof(good.WriteLeases)),
            (good with { MetadataSize = 257 }, nameof(good.MetadataSize)),
            (good with { MetadataSize = -1 }, nameof(good.MetadataSize)),
        ];
        foreach ((PoolOptions options, string option) in cases)
        {
            ArgumentOutOfRangeException error =
                Assert.Throws<ArgumentOutOfRangeException>(() => Producer.Create(Name, options))!;
            Assert.That(error.Message, Does.Contain(option));
        }

        Assert.Throws<ArgumentException>(() => Producer.Create(Name, good with { Format = "" }));
        Assert.Throws<ArgumentException>(() => Producer.Create(Name, good with { Format = new string('x', 3841) }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Producer.Create(Name, good with { EvictStalledAfter = TimeSpan.Zero }));
        CreateProducer();
        Assert.Throws<ArgumentOutOfRangeException>(() => Consumer.Open(Name, new ConsumerOptions { MaximumHeld = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Consumer.Open(Name, new ConsumerOptions { MaximumHeld = 9 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Consumer.Open(Name, new ConsumerOptions { History = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => OverflowPolicy.Latest(0));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Consumer.Open(Name, new ConsumerOptions { WaitForPool = TimeSpan.FromSeconds(-5) }));
    }

    [Test]
    public void Length_out_of_range_is_refused_and_the_lease_stays_open()
    {
        Producer producer = CreateProducer(new PoolOptions { BufferSize = 10 });
        producer.Pull(out WriteLease lease);
        foreach (int length in new[] { -1, 11 })
        {
            try
            {
                lease.Push(length);
                Assert.Fail($"length {length} was accepted");
            }
            catch (ArgumentOutOfRangeException e)
            {
                Assert.That(e.Message, Does.Contain("0 to 10"));
            }
        }

        Assert.That(lease.Push(10), Is.EqualTo(1));
    }

    [Test]
    public void Pool_that_is_larger_than_the_file_system_is_an_error_that_names_size_free_space_and_mount()
    {
        var options = new PoolOptions { BufferSize = int.MaxValue, BufferCount = 64 };
        BipsException error = Fails(BipsError.NoSpace, () => Producer.Create(Name, options));
        Assert.That(error.Message, Does.Contain("137438").And.Contain("are free").And.Contain("'/dev/shm'"));
        Assert.That(Directory.GetFiles("/dev/shm", $"*{Name}*"), Is.Empty);
    }

    [Test]
    public void Directory_that_is_not_there_or_cannot_hold_shared_memory_is_an_error()
    {
        var options = new PoolOptions { BufferSize = 8, Directory = "/no/such/directory" };
        Assert.That(
            Fails(BipsError.System, () => Producer.Create(Name, options)).Message, Does.Contain("/no/such/directory"));
        Fails(BipsError.PoolNotFound, () => Consumer.Open(
            Name, new ConsumerOptions { Directory = "/no/such/directory" }));
        var proc = new PoolOptions { BufferSize = 8, Directory = "/proc" };
        Assert.That(Fails(BipsError.System, () => Producer.Create(Name, proc)).Message, Does.Contain("tmpfs"));
    }

    [Test]
    public void Foreign_file_under_the_name_is_refused_and_left_alone()
    {
        string[] contents = ["", "not a pool", new('x', 10_000)];
        foreach (string content in contents)
        {
            File.WriteAllText(PoolFile, content);
            Assert.That(Fails(BipsError.NotAPool, () => CreateProducer()).Message, Does.Contain(PoolFile));
            Fails(BipsError.NotAPool, () => Consumer.Open(Name));
            Assert.That(File.ReadAllText(PoolFile), Is.EqualTo(content));
        }

        File.Delete(PoolFile);
        File.CreateSymbolicLink(PoolFile, "/dev/null");
        Fails(BipsError.NotAPool, () => CreateProducer());
        Fails(BipsError.NotAPool, () => Consumer.Open(Name));
        File.Delete(PoolFile);
        Directory.CreateDirectory(PoolFile);
        Fails(BipsError.NotAPool, () => CreateProducer());
        Fails(BipsError.NotAPool, () => Consumer.Open(Name));
        Directory.Delete(PoolFile);
    }

    [TestCase(nameof(PoolHeader.Version), 2u, "layout version is 2")]
    [TestCase(nameof(PoolHeader.Version), 4u, "layout version is 4")]
    [TestCase(nameof(PoolHeader.ByteOrder), 0x04030201u, "byte order")]
    [TestCase(nameof(PoolHeader.WordBits), 32u, "32 bits")]
    public void Pool_of_another_version_byte_order_or_word_width_is_refused_both_ways(
        string field, uint value, string told)
    {
        KillAProducer();
        Poke(PoolFile, field, value);
        BipsException opened = Fails(BipsError.Incompatible, () => Consumer.Open(Name));
        BipsException created = Fails(BipsError.Incompatible, () => CreateProducer());
        Assert.That(opened.Message, Does.Contain(told).And.Contain("same version"));
        Assert.That(created.Message, Does.Contain(told));
        LeavesADeadPool = true;
    }

    [Test]
    public void Truncated_or_contradictory_pool_is_refused_by_consumers_and_made_anew_by_a_producer()
    {
        KillAProducer();
        using (FileStream file = File.OpenWrite(PoolFile))
        {
            file.SetLength(8192);
        }

        Assert.That(Fails(BipsError.Corrupt, () => Consumer.Open(Name)).Message, Does.Contain("8192 bytes"));
        CreateProducer().Dispose();
        foreach (string field in new[]
        {
            nameof(PoolHeader.BufferCount), nameof(PoolHeader.RingCapacity), nameof(PoolHeader.PageSize),
            nameof(PoolHeader.LaneCount), nameof(PoolHeader.FormatLength), nameof(PoolHeader.LaneStride),
        })
        {
            KillAProducer();
            Poke(PoolFile, field, 0x7FFF_FFFF);
            Fails(BipsError.Corrupt, () => Consumer.Open(Name));
            CreateProducer().Dispose();
        }
    }

    [Test]
    public void Missing_rights_are_told_with_owner_and_mode()
    {
        CreateProducer(new PoolOptions { BufferSize = 8, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        string actor = Path.Combine(AppContext.BaseDirectory, "Bips.Tests.Actor");
        string script = $"echo open name={Name} | setpriv --reuid=65534 --regid=65534 --clear-groups -- {actor}; " +
            $"echo create name={Name} | setpriv --reuid=65534 --regid=65534 --clear-groups -- {actor}";
        string[] answers = Shell.Run("sh", "-c", script).Split('\n');
        Assert.That(answers[1], Does.StartWith("error AccessDenied").And.Contain("mode 0600"));
        Assert.That(answers[3], Does.StartWith("error AccessDenied").And.Contain("user 0"));
    }

    [Test]
    public void Mode_and_group_are_what_was_asked_for_and_let_a_group_member_in()
    {
        const uint group = 65533;
        CreateProducer(new PoolOptions { BufferSize = 8, GroupId = group });
        Assert.That(Shell.Run("stat", "-c", "%a %g", PoolFile, PoolFile + ".lanes"), Is.EqualTo($"640 {group}\n660 " +
            $"{group}\n"));
        string actor = Path.Combine(AppContext.BaseDirectory, "Bips.Tests.Actor");
        string answer = Shell.Run(
            "sh", "-c", $"echo open name={Name} | setpriv --reuid=65534 --regid={group} --clear-groups -- {actor}");
        Assert.That(answer, Does.Contain("ok 0"));
    }

    [Test]
    public void Groups_and_users_are_known_by_name()
    {
        Assert.That(AccountNames.GroupId("root"), Is.Zero);
        Assert.That(AccountNames.UserId("nobody"), Is.EqualTo(65534));
        Assert.Throws<ArgumentException>(() => AccountNames.GroupId("no-such-group"));
        Assert.Throws<ArgumentException>(() => AccountNames.UserId("no-such-user"));
    }

    [Test]
    public void Second_producer_is_refused_and_the_first_goes_on()
    {
        Producer producer = CreateProducer();
        BipsException error = Fails(
            BipsError.ProducerActive, () => Producer.Create(Name, new PoolOptions { BufferSize = 1024 }));
        Assert.That(error.Message, Does.Contain($"process {Environment.ProcessId}"));
        Fails(BipsError.ProducerActive, () => Producer.Create(Name, new PoolOptions { BufferSize = 5 }));
        Assert.That(Send(producer), Is.EqualTo(1));
    }

    [Test]
    public void Pool_that_is_not_there_is_told_with_name_and_directory()
    {
        BipsException error = Fails(BipsError.PoolNotFound, () => Consumer.Open(Name));
        Assert.That(error.Message, Does.Contain(Name).And.Contain("/dev/shm"));
    }

    [Test]
    public void Thread_that_pulls_while_another_waits_is_told()
    {
        CreateProducer();
        Consumer consumer = OpenConsumer(new ConsumerOptions { WaitMode = Bips.Signaler.WaitMode.Sleep });
        Task waiting = Task.Factory.StartNew(
            () => Assert.Throws<ObjectDisposedException>(() => consumer.Pull(out _)), TaskCreationOptions.LongRunning);
        Assert.That(SpinWait.SpinUntil(SomebodySleeps, TimeSpan.FromSeconds(10)), Is.True);
        InvalidOperationException told = Assert.Throws<InvalidOperationException>(() => consumer.TryPull(out _))!;
        Assert.That(told.Message, Does.Contain("one thread at a time"));
        consumer.Dispose();
        Assert.That(waiting.Wait(TimeSpan.FromSeconds(10)), Is.True);

        bool SomebodySleeps() => BitConverter.ToUInt32(
            File.ReadAllBytes(PoolFile + ".lanes"), (int)SharedWord.OffsetOf<Doorbells>("SleeperBell")) != 0;
    }

    private void KillAProducer()
    {
        ActorProcess producer = StartActor();
        Assert.That(producer.Do($"create name={Name}"), Does.StartWith("ok"));
        producer.Kill();
    }

    private static void Poke(string path, string field, uint value)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.Write(file, BitConverter.GetBytes(value), Marshal.OffsetOf<PoolHeader>(field));
    }
}
