using System.Diagnostics;

namespace Bips.Tests.Support;

/// <summary>A C# sample at work, as a user would start it; killed at the end whatever happens.</summary>
internal sealed class SampleProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    /// <param name="project">Name of its project.</param>
    /// <param name="program">Name of its program.</param>
    /// <param name="arguments">What it is started with.</param>
    public SampleProcess(string project, string program, params IEnumerable<string> arguments)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        string path = Path.Combine(Repository.Root, "artifacts", "bin", project, configuration, program);
        _process = Process.Start(new ProcessStartInfo(path, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    public async Task<string?> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(s_patience).ConfigureAwait(false);

    /// <summary>Ends its standard input and waits for its end.</summary>
    /// <returns>What it has printed.</returns>
    public async Task<string[]> EndAsync()
    {
        _process.StandardInput.Close();
        string output = await _process.StandardOutput.ReadToEndAsync().WaitAsync(s_patience).ConfigureAwait(false);
        await _process.WaitForExitAsync().WaitAsync(s_patience).ConfigureAwait(false);
        Assert.That(_process.ExitCode, Is.Zero);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
