using System.Collections.Concurrent;
using System.IO.Pipelines;

namespace Bips.Tests.Pipelines;

/// <summary>What follows a pending read or flush runs where it was asked to.</summary>
[TestFixture(typeof(FrameworkPipe))]
[TestFixture(typeof(FramePipe))]
[TestFixture(typeof(JoinedFramePipe))]
public sealed class SchedulerTests<TSubject> : PipeContract<TSubject>
    where TSubject : IPipeSubject, new()
{
    [Test]
    public async Task Continuation_of_a_pending_read_runs_on_the_readers_scheduler()
    {
        using var scheduler = new OneThread();
        Reopen(scheduler, PipeScheduler.ThreadPool);
        Task<Thread> continued = ThreadAfterAsync(Reader.ReadAsync());
        await SendAsync("abc");
        Assert.That(await continued.WaitAsync(Patience), Is.SameAs(scheduler.Thread));
    }

    [Test]
    public async Task Continuation_of_a_pending_flush_runs_on_the_writers_scheduler()
    {
        using var scheduler = new OneThread();
        Reopen(PipeScheduler.ThreadPool, scheduler);
        (ValueTask<FlushResult> flush, int written) = await WriteUntilPausedAsync();
        Task<Thread> continued = ThreadAfterAsync(flush);
        await ReadPatternAsync(written);
        Assert.That(await continued.WaitAsync(Patience), Is.SameAs(scheduler.Thread));
    }

    private static async Task<Thread> ThreadAfterAsync<T>(ValueTask<T> pending)
    {
        Assert.That(pending.IsCompleted, Is.False);
        await pending.ConfigureAwait(false);
        return Thread.CurrentThread;
    }

    private sealed class OneThread : PipeScheduler, IDisposable
    {
        private readonly BlockingCollection<(Action<object?> Action, object? State)> _work = [];

        public OneThread()
        {
            Thread = new Thread(Run) { IsBackground = true };
            Thread.Start();
        }

        public Thread Thread { get; }

        public override void Schedule(Action<object?> action, object? state) => _work.Add((action, state));

        public void Dispose()
        {
            _work.CompleteAdding();
            Thread.Join();
            _work.Dispose();
        }

        private void Run()
        {
            foreach ((Action<object?> action, object? state) in _work.GetConsumingEnumerable())
            {
                action(state);
            }
        }
    }
}
