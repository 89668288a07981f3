using System.IO.Pipelines;

namespace Bips.Tests.Pipelines;

/// <summary>The framework's pipe, whose behaviour is the contract.</summary>
public sealed class FrameworkPipe : IPipeSubject
{
    private Pipe? _pipe;

    public PipeReader Reader => _pipe!.Reader;

    public PipeWriter Writer => _pipe!.Writer;

    public void Open(PipeScheduler readers, PipeScheduler writers) => _pipe = new Pipe(new PipeOptions(
        readerScheduler: readers, writerScheduler: writers, pauseWriterThreshold: 4096, resumeWriterThreshold: 1024,
        useSynchronizationContext: false));

    public void Dispose()
    {
        Reader.Complete();
        Writer.Complete();
    }
}
