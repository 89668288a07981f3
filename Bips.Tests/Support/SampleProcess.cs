using Bips.Processes;

namespace Bips.Tests.Support;

/// <summary>A C# sample at work, as a user would start it; killed at the end whatever happens.</summary>
internal sealed class SampleProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly ChildProcess _child;

    /// <param name="project">Name of its project.</param>
    /// <param name="program">Name of its program.</param>
    /// <param name="arguments">What it is started with.</param>
    public SampleProcess(string project, string program, params IEnumerable<string> arguments)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        string path = Path.Combine(Repository.Root, "artifacts", "bin", project, configuration, program);
        _child = ChildProcess.Start(path, arguments, new ChildOptions { MayBeKilled = true });
    }

    public string? ReadLine() => _child.ReadLine(s_patience);

    /// <summary>Ends its standard input and waits for its end.</summary>
    /// <returns>The lines that it has printed and nobody has read.</returns>
    public IReadOnlyList<string> End()
    {
        _child.EndInput();
        List<string> lines = [];
        while (ReadLine() is { } line)
        {
            lines.Add(line);
        }

        Assert.That(_child.WaitForExit(s_patience), Is.Zero, _child.Message("failed"));
        return lines;
    }

    public void Dispose() => _child.Dispose();
}
