using System.IO.Pipelines;
using System.Text;

namespace Bips.Tests.Pipelines;

/// <summary>What a reader gets, consumes and examines.</summary>
[TestFixture(typeof(FrameworkPipe))]
[TestFixture(typeof(FramePipe))]
[TestFixture(typeof(JoinedFramePipe))]
public sealed class ReadingTests<TSubject> : PipeContract<TSubject>
    where TSubject : IPipeSubject, new()
{
    [Test]
    public async Task Read_returns_what_was_flushed()
    {
        await SendAsync("abc");
        ReadResult result = await ReadAsync();
        Assert.That(TextOf(result), Is.EqualTo("abc"));
        Assert.That(result.IsCanceled, Is.False);
        Assert.That(result.IsCompleted, Is.False);
        Reader.AdvanceTo(result.Buffer.End);
    }

    [Test]
    public async Task Read_waits_for_a_flush()
    {
        Write("abc");
        Assert.That(Reader.TryRead(out _), Is.False);
        Task<string> read = TakeAsync();
        Assert.That(read.IsCompleted, Is.False);
        await Writer.FlushAsync();
        Assert.That(await read, Is.EqualTo("abc"));
    }

    [Test]
    public async Task What_was_not_consumed_comes_again_at_once_if_it_was_not_all_examined()
    {
        await SendAsync("abcdef");
        ReadResult result = await ReadAsync();
        Reader.AdvanceTo(result.Buffer.GetPosition(2));
        ValueTask<ReadResult> next = Reader.ReadAsync();
        Assert.That(next.IsCompleted, Is.True);
        result = await next;
        Assert.That(TextOf(result), Is.EqualTo("cdef"));
        Reader.AdvanceTo(result.Buffer.Start, result.Buffer.GetPosition(3));
        Assert.That(Reader.TryRead(out result), Is.True);
        Assert.That(TextOf(result), Is.EqualTo("cdef"));
        Reader.AdvanceTo(result.Buffer.End);
        Assert.That(Reader.TryRead(out _), Is.False);
    }

    [Test]
    public async Task What_was_examined_and_not_consumed_comes_again_with_more()
    {
        await SendAsync("abcdef");
        ReadResult result = await ReadAsync();
        Reader.AdvanceTo(result.Buffer.GetPosition(4), result.Buffer.End);
        Assert.That(Reader.TryRead(out _), Is.False);
        ValueTask<ReadResult> next = Reader.ReadAsync();
        Assert.That(next.IsCompleted, Is.False);
        await SendAsync("gh");
        result = await next.AsTask().WaitAsync(Patience);
        Assert.That(TextOf(result), Is.EqualTo("efgh"));
        Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        await SendAsync("ij");
        result = await ReadAsync();
        Assert.That(TextOf(result), Is.EqualTo("efghij"));

        // In the middle of what came last.
        Reader.AdvanceTo(result.Buffer.GetPosition(5), result.Buffer.End);
        await SendAsync("k");
        Assert.That(await TakeAsync(), Is.EqualTo("jk"));
    }

    [Test]
    public async Task Everything_comes_once_and_in_order_whatever_the_steps()
    {
        var random = new Random(5);
        string expected = "";
        string consumed = "";
        for (int i = 0; i < 200; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => (char)random.Next('a', 'z'))]);
            expected += text;
            await SendAsync(text);
            ReadResult result = await ReadAsync();
            long step = random.NextInt64(result.Buffer.Length + 1);
            consumed += Encoding.ASCII.GetString(result.Buffer.Slice(0, step));
            Reader.AdvanceTo(result.Buffer.GetPosition(step));
            while (Reader.TryRead(out result))
            {
                consumed += TextOf(result);
                Reader.AdvanceTo(result.Buffer.End);
            }
        }

        Assert.That(consumed, Is.EqualTo(expected));
    }

    [Test]
    public async Task What_is_read_stays_as_it_is_until_it_is_advanced_over()
    {
        await SendAsync("abc");
        ReadResult result = await ReadAsync();
        await SendAsync("defghi");
        await SendAsync("jkl");
        Assert.That(TextOf(result), Is.EqualTo("abc"));
        Reader.AdvanceTo(result.Buffer.Start);
        string rest = "";
        while (rest.Length < 12)
        {
            rest += await TakeAsync();
        }

        Assert.That(rest, Is.EqualTo("abcdefghijkl"));
    }

    [Test]
    public async Task There_is_no_read_beside_a_pending_one()
    {
        Task<ReadResult> pending = Reader.ReadAsync().AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Reader.ReadAsync().ConfigureAwait(false));
        await Writer.CompleteAsync();
        await Task.WhenAny(pending).WaitAsync(Patience);
    }

    [Test]
    public async Task There_is_no_read_before_the_last_one_was_advanced_over()
    {
        await SendAsync("abc");
        ReadResult result = await ReadAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Reader.ReadAsync().ConfigureAwait(false));
        Assert.Throws<InvalidOperationException>(() => Reader.TryRead(out _));
        Reader.AdvanceTo(result.Buffer.End);
        Assert.That(Reader.TryRead(out _), Is.False);
    }

    [Test]
    public async Task Advance_needs_a_read_before_it()
    {
        Assert.Throws<InvalidOperationException>(() => Reader.AdvanceTo(default));
        await SendAsync("abc");
        ReadResult result = await ReadAsync();
        Reader.AdvanceTo(result.Buffer.Start);
        Assert.Throws<InvalidOperationException>(() => Reader.AdvanceTo(result.Buffer.Start));
    }

    [Test]
    public async Task Nothing_is_consumed_that_was_not_examined()
    {
        await SendAsync("abcdef");
        ReadResult result = await ReadAsync();
        Assert.Throws<InvalidOperationException>(
            () => Reader.AdvanceTo(result.Buffer.GetPosition(4), result.Buffer.GetPosition(3)));
    }

    [Test]
    public async Task Read_of_at_least_so_much_waits_for_it()
    {
        await SendAsync("abc");
        Task<ReadResult> read = Reader.ReadAtLeastAsync(8).AsTask();
        await SendAsync("def");
        Assert.That(read.IsCompleted, Is.False);
        await SendAsync("ghi");
        ReadResult result = await read.WaitAsync(Patience);
        Assert.That(TextOf(result), Is.EqualTo("abcdefghi"));
        Reader.AdvanceTo(result.Buffer.End);
        await SendAsync("j");
        result = await Reader.ReadAtLeastAsync(0).AsTask().WaitAsync(Patience);
        Assert.That(TextOf(result), Is.EqualTo("j"));
        Reader.AdvanceTo(result.Buffer.End);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await Reader.ReadAtLeastAsync(-1).ConfigureAwait(false));
    }

    [Test]
    public async Task Read_of_at_least_so_much_ends_with_less_at_the_end()
    {
        await SendAsync("abc");
        Task<ReadResult> read = Reader.ReadAtLeastAsync(8).AsTask();
        await Writer.CompleteAsync();
        ReadResult result = await read.WaitAsync(Patience);
        Assert.That(TextOf(result), Is.EqualTo("abc"));
        Assert.That(result.IsCompleted, Is.True);
    }

    [Test]
    public async Task Stream_reads_it_all_and_then_nothing()
    {
        await SendAsync("abcdef");
        await SendAsync("ghi");
        await Writer.CompleteAsync();
        await using Stream stream = Reader.AsStream(leaveOpen: true);
        byte[] buffer = new byte[4];
        string text = "";
        while (await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience) is > 0 and var length)
        {
            text += Encoding.ASCII.GetString(buffer, 0, length);
        }

        Assert.That(text, Is.EqualTo("abcdefghi"));
        Assert.That(await stream.ReadAsync(buffer), Is.Zero);
    }

    [Test]
    public async Task Copy_goes_on_to_the_end()
    {
        using var copy = new MemoryStream();
        Task copying = Reader.CopyToAsync(copy);
        await SendAsync("abcdef");
        await SendAsync("ghi");
        await Writer.CompleteAsync();
        await copying.WaitAsync(Patience);
        Assert.That(Encoding.ASCII.GetString(copy.ToArray()), Is.EqualTo("abcdefghi"));
    }

    [Test]
    public async Task Copy_into_another_pipe_goes_on_to_the_end()
    {
        var other = new Pipe();
        Task copying = Reader.CopyToAsync(other.Writer);
        await SendAsync("abc");
        await SendAsync("def");
        await Writer.CompleteAsync();
        await copying.WaitAsync(Patience);
        await other.Writer.CompleteAsync();
        Assert.That(TextOf(await other.Reader.ReadAtLeastAsync(6)), Is.EqualTo("abcdef"));
    }
}
