using System.IO.Pipelines;

namespace Bips.Tests.Pipelines;

/// <summary>Either side ends, with or without a reason, and the other gets to know.</summary>
[TestFixture(typeof(FrameworkPipe))]
[TestFixture(typeof(FramePipe))]
[TestFixture(typeof(JoinedFramePipe))]
public sealed class CompletionTests<TSubject> : PipeContract<TSubject>
    where TSubject : IPipeSubject, new()
{
    [Test]
    public async Task Reader_gets_everything_and_then_the_end_again_and_again()
    {
        await SendAsync("abc");
        await SendAsync("def");
        await Writer.CompleteAsync();
        Assert.That(await TakeAllAsync(), Is.EqualTo("abcdef"));
        for (int i = 0; i < 3; i++)
        {
            ReadResult result = await ReadAsync();
            Assert.That(result.IsCompleted, Is.True);
            Assert.That(result.Buffer.IsEmpty, Is.True);
            Reader.AdvanceTo(result.Buffer.End);
        }

        Assert.That(Reader.TryRead(out ReadResult last), Is.True);
        Assert.That(last.IsCompleted, Is.True);
    }

    [Test]
    public async Task What_was_examined_and_not_consumed_comes_with_the_end()
    {
        await SendAsync("abc");
        ReadResult result = await ReadAsync();
        Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        Task<ReadResult> pending = Reader.ReadAsync().AsTask();
        await Writer.CompleteAsync();
        result = await pending.WaitAsync(Patience);
        Assert.That(TextOf(result), Is.EqualTo("abc"));
        Assert.That(result.IsCompleted, Is.True);
        Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        Assert.That(TextOf(await ReadAsync()), Is.EqualTo("abc"));
    }

    [Test]
    public async Task Pending_read_ends_with_the_writer()
    {
        Task<ReadResult> pending = Reader.ReadAsync().AsTask();
        Assert.That(pending.IsCompleted, Is.False);
        await Writer.CompleteAsync();
        ReadResult result = await pending.WaitAsync(Patience);
        Assert.That(result.IsCompleted, Is.True);
        Assert.That(result.IsCanceled, Is.False);
    }

    [Test]
    public async Task Completion_flushes_what_was_written()
    {
        Write("abc");
        await Writer.CompleteAsync();
        Assert.That(await TakeAllAsync(), Is.EqualTo("abc"));
    }

    [Test]
    public async Task Writer_that_fails_is_no_end_but_a_failure_of_the_read()
    {
        await Writer.CompleteAsync(new InvalidDataException("broken"));
        await Assert.CatchAsync<Exception>(() => ReadAsync());
    }

    [Test]
    public async Task Pending_read_fails_with_the_writer()
    {
        Task<ReadResult> pending = Reader.ReadAsync().AsTask();
        await Writer.CompleteAsync(new InvalidDataException("broken"));
        await Assert.CatchAsync<Exception>(() => pending.WaitAsync(Patience));
        Assert.That(pending.IsFaulted, Is.True);
    }

    [Test]
    public async Task Completed_reader_reads_no_more()
    {
        await SendAsync("abc");
        await Reader.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Reader.ReadAsync().ConfigureAwait(false));
        Assert.Throws<InvalidOperationException>(() => Reader.TryRead(out _));
        Assert.Throws<InvalidOperationException>(() => Reader.AdvanceTo(default));
        Assert.DoesNotThrow(() => Reader.Complete());
        Assert.DoesNotThrow(() => Reader.Complete(new InvalidDataException("too late")));
        Assert.DoesNotThrow(() => Reader.CancelPendingRead());
    }

    [Test]
    public async Task Completed_writer_writes_no_more()
    {
        await Writer.CompleteAsync();
        Assert.Throws<InvalidOperationException>(() => Writer.GetMemory());
        Assert.Throws<InvalidOperationException>(() => Writer.GetSpan());
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await Writer.WriteAsync(new byte[1]).ConfigureAwait(false));
        Assert.DoesNotThrow(() => Writer.Complete());
        Assert.DoesNotThrow(() => Writer.Complete(new InvalidDataException("too late")));
        Assert.DoesNotThrow(() => Writer.CancelPendingFlush());
    }

    [Test]
    public async Task Flush_tells_that_the_reader_has_completed()
    {
        await SendAsync("abc");
        await Reader.CompleteAsync();
        Write("def");
        FlushResult flushed = await Writer.FlushAsync().AsTask().WaitAsync(Patience);
        Assert.That(flushed.IsCompleted, Is.True);
        Assert.That(flushed.IsCanceled, Is.False);
    }

    [Test]
    public async Task Flush_tells_that_the_reader_has_failed()
    {
        await SendAsync("abc");
        await Reader.CompleteAsync(new InvalidDataException("broken"));
        Write("def");
        try
        {
            FlushResult flushed = await Writer.FlushAsync().AsTask().WaitAsync(Patience);
            Assert.That(flushed.IsCompleted, Is.True);
        }
        catch (InvalidDataException e)
        {
            Assert.That(e.Message, Is.EqualTo("broken"));
        }
    }

    [Test]
    public async Task Pending_flush_ends_with_the_reader()
    {
        (ValueTask<FlushResult> flush, _) = await WriteUntilPausedAsync();
        Task<FlushResult> waiting = flush.AsTask();
        await Reader.CompleteAsync();
        FlushResult flushed = await waiting.WaitAsync(Patience);
        Assert.That(flushed.IsCompleted, Is.True);
    }
}
