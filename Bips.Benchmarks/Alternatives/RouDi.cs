using System.Diagnostics;
using System.Globalization;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Native;

namespace Bips.Benchmarks.Alternatives;

/// <summary>The daemon that iceoryx needs. It ends when disposed, or when this process ends.</summary>
internal sealed class RouDi : IDisposable
{
    private const string Program = "iox-roudi";
    private const string ReadyMark = "ready";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Process _shell;
    private readonly string _configuration;

    private RouDi(Process shell, string configuration)
    {
        _shell = shell;
        _configuration = configuration;
    }

    public static string? Obstacle() =>
        Presence.Obstacle("iceoryx libiceoryx-binding-c2", Iceoryx.Library)
        ?? (!SearchPath.Has(Program) ? Presence.Missing("iceoryx libiceoryx-binding-c2") : null);

    /// <param name="pools">Payload sizes and how many chunks of each there are to be, by size.</param>
    /// <exception cref="InvalidOperationException">It did not start; another one may be running.</exception>
    public static RouDi Start(IEnumerable<(int Size, int Count)> pools)
    {
        string configuration = Path.GetTempFileName();
        File.WriteAllLines(configuration, ["[general]", "version = 1", "", "[[segment]]", .. pools.SelectMany(pool => new[]
        {
            "", "[[segment.mempool]]",
            string.Create(CultureInfo.InvariantCulture, $"size = {pool.Size}"),
            string.Create(CultureInfo.InvariantCulture, $"count = {pool.Count}"),
        })]);

        // The shell ends RouDi, which then removes its shared memory, when its standard input closes: also when this process is killed.
        var start = new ProcessStartInfo("sh",
            ["-c", "\"$0\" -c \"$1\" -m off & roudi=$!; cat >/dev/null; kill $roudi; wait $roudi", SearchPath.Find(Program)!, configuration])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var roudi = new RouDi(Process.Start(start)!, configuration);
        try
        {
            roudi.WaitUntilReady();
            return roudi;
        }
        catch
        {
            roudi.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _shell.StandardInput.Close();
        if (!_shell.WaitForExit(s_patience))
        {
            _shell.Kill(entireProcessTree: true);
        }

        _shell.Dispose();
        File.Delete(_configuration);
    }

    private void WaitUntilReady()
    {
        var ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object sender, DataReceivedEventArgs line)
        {
            if (line.Data?.Contains(ReadyMark, StringComparison.Ordinal) == true)
            {
                ready.TrySetResult(true);
            }
        }

        _shell.OutputDataReceived += Look;
        _shell.ErrorDataReceived += Look;
        _shell.BeginOutputReadLine();
        _shell.BeginErrorReadLine();
        if (!ready.Task.Wait(s_patience))
        {
            throw new InvalidOperationException($"{Program} did not become ready; another one may be running.");
        }
    }
}
