using System.IO.Pipelines;

namespace Bips.Tests.Pipelines;

/// <summary>The adapters at both ends of a pool, a frame per read.</summary>
public class FramePipe : IPipeSubject
{
    private readonly string _name = $"test-{Guid.NewGuid():N}";
    private PipeReader? _reader;
    private PipeWriter? _writer;
    private Producer? _producer;
    private Consumer? _consumer;

    public PipeReader Reader => _reader!;

    public PipeWriter Writer => _writer!;

    protected virtual bool JoinFrames => false;

    public void Open(PipeScheduler readers, PipeScheduler writers)
    {
        _producer = Producer.Create(_name, new PoolOptions { BufferSize = 8192, BufferCount = 8 });
        _consumer = Consumer.Open(_name, new ConsumerOptions { MaximumHeld = 6 });
        _writer = _producer.AsPipeWriter(
            new FramePipeWriterOptions { Scheduler = writers, CompleteWithConsumers = true });
        _reader = _consumer.AsPipeReader(new FramePipeReaderOptions { Scheduler = readers, JoinFrames = JoinFrames });
    }

    public void Dispose()
    {
        _reader!.Complete();
        _writer!.Complete();
        Assert.That(_consumer!.Pulls.IsDetached, Is.True, "the reader keeps leases");
        Assert.That(_producer!.Pulls.IsDetached, Is.True, "the writer keeps a lease");
        foreach (string file in Directory.GetFiles("/dev/shm", $"bips.{_name}*"))
        {
            // A writer that failed leaves the pool to a successor.
            File.Delete(file);
        }

        GC.SuppressFinalize(this);
    }
}
