using System.IO.Pipelines;

namespace Bips.Tests.Pipelines;

/// <summary>Reads and flushes are cancelled, pending or not yet begun, without a byte lost or doubled.</summary>
[TestFixture(typeof(FrameworkPipe))]
[TestFixture(typeof(FramePipe))]
[TestFixture(typeof(JoinedFramePipe))]
public sealed class CancellationTests<TSubject> : PipeContract<TSubject>
    where TSubject : IPipeSubject, new()
{
    [Test]
    public async Task Pending_read_is_cancelled_without_an_exception()
    {
        Task<ReadResult> pending = Reader.ReadAsync().AsTask();
        Reader.CancelPendingRead();
        ReadResult result = await pending.WaitAsync(Patience);
        Assert.That(result.IsCanceled, Is.True);
        Assert.That(result.Buffer.IsEmpty, Is.True);
        Reader.AdvanceTo(result.Buffer.End);
        await SendAsync("abc");
        Assert.That(await TakeAsync(), Is.EqualTo("abc"));
    }

    [Test]
    public async Task Next_read_is_cancelled_if_none_is_pending_and_only_that()
    {
        await SendAsync("abc");
        Reader.CancelPendingRead();
        Reader.CancelPendingRead();
        ReadResult result = await ReadAsync();
        Assert.That(result.IsCanceled, Is.True);
        Reader.AdvanceTo(result.Buffer.Start);
        result = await ReadAsync();
        Assert.That(result.IsCanceled, Is.False);
        Assert.That(TextOf(result), Is.EqualTo("abc"));
        Reader.AdvanceTo(result.Buffer.End);
    }

    [Test]
    public void Try_to_read_is_cancelled_too()
    {
        Reader.CancelPendingRead();
        Assert.That(Reader.TryRead(out ReadResult result), Is.True);
        Assert.That(result.IsCanceled, Is.True);
        Reader.AdvanceTo(result.Buffer.End);
        Assert.That(Reader.TryRead(out _), Is.False);
    }

    [Test]
    public async Task Cancelled_read_need_not_be_advanced_over()
    {
        Reader.CancelPendingRead();
        Assert.That((await ReadAsync()).IsCanceled, Is.True);
        await SendAsync("abc");
        Assert.That(await TakeAsync(), Is.EqualTo("abc"));
    }

    [Test]
    public async Task Cancelled_read_shows_what_was_examined_before()
    {
        await SendAsync("abc");
        ReadResult result = await ReadAsync();
        Reader.AdvanceTo(result.Buffer.GetPosition(1), result.Buffer.End);
        Task<ReadResult> pending = Reader.ReadAsync().AsTask();
        Reader.CancelPendingRead();
        result = await pending.WaitAsync(Patience);
        Assert.That(result.IsCanceled, Is.True);
        Assert.That(TextOf(result), Is.EqualTo("bc"));
        Reader.AdvanceTo(result.Buffer.End);
    }

    [Test]
    public async Task Token_ends_a_pending_read_and_nothing_is_lost()
    {
        using var source = new CancellationTokenSource();
        Task<ReadResult> pending = Reader.ReadAsync(source.Token).AsTask();
        await source.CancelAsync();
        OperationCanceledException ended = (
            await Assert.CatchAsync<OperationCanceledException>(() => pending.WaitAsync(Patience)))!;
        Assert.That(ended.CancellationToken, Is.EqualTo(source.Token));
        await Assert.CatchAsync<OperationCanceledException>(
            async () => await Reader.ReadAsync(source.Token).ConfigureAwait(false));
        await SendAsync("abc");
        Assert.That(await TakeAsync(), Is.EqualTo("abc"));
    }

    [Test]
    public async Task Reads_are_cancelled_again_and_again()
    {
        for (int i = 0; i < 50; i++)
        {
            using var source = new CancellationTokenSource();
            Task<ReadResult> pending = Reader.ReadAsync(source.Token).AsTask();
            if (i % 2 == 0)
            {
                Reader.CancelPendingRead();
                ReadResult result = await pending.WaitAsync(Patience);
                Assert.That(result.IsCanceled, Is.True);
                Reader.AdvanceTo(result.Buffer.Start);
            }
            else
            {
                await source.CancelAsync();
                await Assert.CatchAsync<OperationCanceledException>(() => pending.WaitAsync(Patience));
            }

            await SendAsync("a");
            Assert.That(await TakeAsync(), Is.EqualTo("a"));
        }
    }

    [Test]
    public async Task Pending_flush_is_cancelled_without_an_exception_and_its_bytes_arrive()
    {
        (ValueTask<FlushResult> flush, int written) = await WriteUntilPausedAsync();
        Writer.CancelPendingFlush();
        FlushResult flushed = await flush.AsTask().WaitAsync(Patience);
        Assert.That(flushed.IsCanceled, Is.True);
        await ReadPatternAsync(written);
        await SendAsync("abc");
        Assert.That(await TakeAsync(), Is.EqualTo("abc"));
    }

    [Test]
    public async Task Next_flush_is_cancelled_if_none_is_pending_and_its_bytes_arrive()
    {
        Writer.CancelPendingFlush();
        Writer.CancelPendingFlush();
        Write("abc");
        Assert.That((await Writer.FlushAsync()).IsCanceled, Is.True);
        Assert.That(await TakeAsync(), Is.EqualTo("abc"));
        await SendAsync("def");
        Assert.That(await TakeAsync(), Is.EqualTo("def"));
    }

    [Test]
    public async Task Token_ends_a_pending_flush_and_its_bytes_arrive_once()
    {
        using var source = new CancellationTokenSource();
        (ValueTask<FlushResult> flush, int written) = await WriteUntilPausedAsync(source.Token);
        Task<FlushResult> waiting = flush.AsTask();
        await source.CancelAsync();
        OperationCanceledException ended = (
            await Assert.CatchAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience)))!;
        Assert.That(ended.CancellationToken, Is.EqualTo(source.Token));
        await ReadPatternAsync(written);
        await SendAsync("abc");
        Assert.That(await TakeAsync(), Is.EqualTo("abc"));
    }

    [Test]
    public async Task Flush_with_a_cancelled_token_shows_nothing_until_the_next()
    {
        Write("abc");
        await Assert.CatchAsync<OperationCanceledException>(
            async () => await Writer.FlushAsync(new CancellationToken(canceled: true)).ConfigureAwait(false));
        Assert.That(Reader.TryRead(out _), Is.False);
        await Writer.FlushAsync();
        Assert.That(await TakeAsync(), Is.EqualTo("abc"));
    }
}
