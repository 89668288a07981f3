using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Bips.Tests.Pipelines;

/// <summary>What the contracts of reader and writer have in common.</summary>
/// <typeparam name="TSubject">
/// The framework's own pipe, or the adapters over a pool: the same tests for each.
/// </typeparam>
public abstract class PipeContract<TSubject>
    where TSubject : IPipeSubject, new()
{
    /// <summary>For what must happen; never waited out by a test that passes.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private IPipeSubject? _subject;

    protected PipeReader Reader => _subject!.Reader;

    protected PipeWriter Writer => _subject!.Writer;

    [SetUp]
    public void OpenSubject() => Reopen(PipeScheduler.ThreadPool, PipeScheduler.ThreadPool);

    [TearDown]
    public void CloseSubject()
    {
        _subject?.Dispose();
        _subject = null;
    }

    protected void Reopen(PipeScheduler readers, PipeScheduler writers)
    {
        CloseSubject();
        _subject = new TSubject();
        _subject.Open(readers, writers);
    }

    /// <summary>Writes and flushes, which must not have to wait.</summary>
    protected async Task SendAsync(string text)
    {
        FlushResult flushed = await Writer.WriteAsync(
            Encoding.ASCII.GetBytes(text)).AsTask().WaitAsync(Patience).ConfigureAwait(false);
        Assert.That(flushed.IsCanceled, Is.False);
    }

    /// <summary>Writes without a flush.</summary>
    protected void Write(string text) => Writer.Write(Encoding.ASCII.GetBytes(text));

    protected async Task<ReadResult> ReadAsync(CancellationToken cancellation = default) =>
        await Reader.ReadAsync(cancellation).AsTask().WaitAsync(Patience, CancellationToken.None).ConfigureAwait(false);

    /// <summary>Reads and consumes everything.</summary>
    protected async Task<string> TakeAsync()
    {
        ReadResult result = await ReadAsync().ConfigureAwait(false);
        string text = TextOf(result);
        Reader.AdvanceTo(result.Buffer.End);
        return text;
    }

    /// <summary>Reads and consumes until the end.</summary>
    protected async Task<string> TakeAllAsync()
    {
        var text = new StringBuilder();
        while (true)
        {
            ReadResult result = await ReadAsync().ConfigureAwait(false);
            text.Append(TextOf(result));
            Reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return text.ToString();
            }
        }
    }

    /// <summary>Flushes of 512 bytes until one has to wait.</summary>
    /// <returns>The flush that waits, and how many bytes were written in all.</returns>
    protected async Task<(
        ValueTask<FlushResult> Flush, int Written)> WriteUntilPausedAsync(CancellationToken cancellation = default)
    {
        const int length = 512;
        for (int i = 1; i <= 100; i++)
        {
            Writer.GetSpan(length)[..length].Fill((byte)i);
            Writer.Advance(length);
            ValueTask<FlushResult> flush = Writer.FlushAsync(cancellation);
            if (!flush.IsCompleted)
            {
                return (flush, i * length);
            }

            Assert.That((await flush.ConfigureAwait(false)).IsCompleted, Is.False);
        }

        throw new InvalidOperationException("a writer that is far ahead of its reader was not paused");
    }

    /// <summary>
    /// Reads so many bytes, and checks that they are what <see cref="WriteUntilPausedAsync"/> writes.
    /// </summary>
    protected async Task ReadPatternAsync(int written)
    {
        int read = 0;
        while (read < written)
        {
            ReadResult result = await ReadAsync().ConfigureAwait(false);
            foreach (byte value in result.Buffer.ToArray())
            {
                Assert.That(value, Is.EqualTo((byte)(1 + (read++ / 512))));
            }

            Reader.AdvanceTo(result.Buffer.End);
        }

        Assert.That(read, Is.EqualTo(written));
    }

    protected static string TextOf(ReadResult result) => Encoding.ASCII.GetString(result.Buffer);
}
