using System.IO.Pipelines;

namespace Bips.Tests.Pipelines;

/// <summary>
/// Both ends of something that claims to be a pipe. It pauses a writer that is far ahead of its reader.
/// </summary>
public interface IPipeSubject : IDisposable
{
    PipeReader Reader { get; }

    PipeWriter Writer { get; }

    /// <param name="readers">Where what follows a pending read runs.</param>
    /// <param name="writers">Where what follows a pending flush runs.</param>
    void Open(PipeScheduler readers, PipeScheduler writers);
}
