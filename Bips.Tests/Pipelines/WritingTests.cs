using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace Bips.Tests.Pipelines;

/// <summary>What a writer is given to write into, and when it has to wait.</summary>
[TestFixture(typeof(FrameworkPipe))]
[TestFixture(typeof(FramePipe))]
[TestFixture(typeof(JoinedFramePipe))]
public sealed class WritingTests<TSubject> : PipeContract<TSubject>
    where TSubject : IPipeSubject, new()
{
    [Test]
    public async Task Memory_is_as_large_as_asked_for_and_never_empty()
    {
        Assert.That(Writer.GetMemory().Length, Is.GreaterThan(0));
        Assert.That(Writer.GetSpan().Length, Is.GreaterThan(0));
        Assert.That(Writer.GetMemory(500).Length, Is.GreaterThanOrEqualTo(500));
        Assert.That(Writer.GetSpan(500).Length, Is.GreaterThanOrEqualTo(500));
        Writer.GetSpan(500)[0] = (byte)'a';
        Writer.Advance(1);
        Assert.That(Writer.GetMemory(500).Length, Is.GreaterThanOrEqualTo(500));
        await Writer.FlushAsync();
        Assert.That(Writer.GetMemory().Length, Is.GreaterThan(0));
        Assert.That(await TakeAsync(), Is.EqualTo("a"));
    }

    [Test]
    public void Size_below_zero_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Writer.GetMemory(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Writer.GetSpan(-1));
    }

    [Test]
    public async Task Advance_beyond_the_memory_or_backwards_is_refused_and_changes_nothing()
    {
        int length = Writer.GetMemory().Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => Writer.Advance(length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Writer.Advance(-1));
        Writer.GetSpan()[0] = (byte)'a';
        Writer.Advance(1);
        await Writer.FlushAsync();
        Assert.That(await TakeAsync(), Is.EqualTo("a"));
    }

    [Test]
    public void Advance_needs_memory_before_it()
    {
        Assert.DoesNotThrow(() => Writer.Advance(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Writer.Advance(1));
    }

    [Test]
    public async Task What_is_not_flushed_is_counted()
    {
        Assert.That(Writer.CanGetUnflushedBytes, Is.True);
        Assert.That(Writer.UnflushedBytes, Is.Zero);
        Write("abc");
        Writer.GetMemory();
        Writer.Advance(0);
        Write("de");
        Assert.That(Writer.UnflushedBytes, Is.EqualTo(5));
        await Writer.FlushAsync();
        Assert.That(Writer.UnflushedBytes, Is.Zero);
        Assert.That(await TakeAsync(), Is.EqualTo("abcde"));
    }

    [Test]
    public async Task Flush_of_nothing_ends_at_once_and_shows_nothing()
    {
        Writer.GetMemory();
        ValueTask<FlushResult> flush = Writer.FlushAsync();
        Assert.That(flush.IsCompletedSuccessfully, Is.True);
        Assert.That(await flush, Is.EqualTo(new FlushResult(isCanceled: false, isCompleted: false)));
        Assert.That(Reader.TryRead(out _), Is.False);
        await SendAsync("abc");
        Assert.That(await TakeAsync(), Is.EqualTo("abc"));
    }

    [Test]
    public async Task Writer_that_is_far_ahead_waits_until_the_reader_has_consumed()
    {
        (ValueTask<FlushResult> flush, int written) = await WriteUntilPausedAsync();
        Task<FlushResult> waiting = flush.AsTask();
        await ReadPatternAsync(written);
        FlushResult flushed = await waiting.WaitAsync(Patience);
        Assert.That(flushed, Is.EqualTo(new FlushResult(isCanceled: false, isCompleted: false)));
        await SendAsync("abc");
        Assert.That(await TakeAsync(), Is.EqualTo("abc"));
    }

    [Test]
    public async Task There_is_no_flush_beside_a_pending_one()
    {
        (ValueTask<FlushResult> flush, _) = await WriteUntilPausedAsync();
        Task<FlushResult> waiting = flush.AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await Writer.FlushAsync().ConfigureAwait(false));
        await Reader.CompleteAsync();
        await Task.WhenAny(waiting).WaitAsync(Patience);
    }

    [Test]
    public async Task Stream_writes_with_each_flush_and_ends_the_pipe_with_itself()
    {
        await using (Stream stream = Writer.AsStream())
        {
            await stream.WriteAsync("abc"u8.ToArray());
            await stream.FlushAsync();
            Assert.That(await TakeAsync(), Is.EqualTo("abc"));
        }

        Assert.That((await ReadAsync()).IsCompleted, Is.True);
    }

    [Test]
    public async Task Copy_from_a_stream_arrives()
    {
        using var source = new MemoryStream("abcdef"u8.ToArray());
        await source.CopyToAsync(Writer);
        await Writer.CompleteAsync();
        Assert.That(await TakeAllAsync(), Is.EqualTo("abcdef"));
    }

    [Test]
    public async Task Serializers_write_into_it()
    {
        await using (var json = new Utf8JsonWriter(Writer))
        {
            JsonSerializer.Serialize(json, Enumerable.Range(0, 100));
        }

        await Writer.FlushAsync();
        ReadResult result = await ReadAsync();
        var reader = new Utf8JsonReader(result.Buffer);
        Assert.That(JsonSerializer.Deserialize<int[]>(ref reader), Is.EqualTo(Enumerable.Range(0, 100)));
        Reader.AdvanceTo(result.Buffer.End);
        await JsonSerializer.SerializeAsync(Writer, "ab".Select(letter => letter.ToString()));
        result = await ReadAsync();
        Assert.That(Encoding.UTF8.GetString(result.Buffer), Is.EqualTo("""["a","b"]"""));
        Reader.AdvanceTo(result.Buffer.End);
    }
}
