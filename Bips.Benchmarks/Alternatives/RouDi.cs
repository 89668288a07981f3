using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Native;

namespace Bips.Benchmarks.Alternatives;

/// <summary>
/// The daemon that iceoryx needs, with memory of the sizes that are compared. It ends when disposed, or when this process ends, and
/// nothing of iceoryx is left then. There can be one on a machine.
/// </summary>
internal sealed partial class RouDi : IDisposable
{
    private const string Program = "iox-roudi";
    private const string ReadyMark = "ready";
    private const string Packages = "iceoryx libiceoryx-binding-c2";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Process _shell;

    private RouDi(Process shell) => _shell = shell;

    public static string? Obstacle() =>
        Presence.Obstacle(Packages, Iceoryx.Library) ?? (SearchPath.Has(Program) ? null : Presence.Missing(Packages));

    /// <param name="pools">Bytes of a chunk without its header and how many chunks of that size there are to be, by size.</param>
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
        var start = new ProcessStartInfo("sh", [Path.Combine(AppContext.BaseDirectory, "roudi.sh"), TrialDirectory.NamePrefix, configuration])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var roudi = new RouDi(Process.Start(start)!);
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
    }

    private void WaitUntilReady()
    {
        var said = new ConcurrentQueue<string>();
        var outcome = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not null)
            {
                said.Enqueue(Colour().Replace(line.Data, ""));
            }

            if (line.Data?.Contains(ReadyMark, StringComparison.Ordinal) != false)
            {
                outcome.TrySetResult(line.Data is not null);
            }
        }

        _shell.OutputDataReceived += Look;
        _shell.BeginOutputReadLine();
        if (!outcome.Task.Wait(s_patience) || !outcome.Task.Result)
        {
            throw new InvalidOperationException($"{Program} did not become ready. It said: {string.Join(' ', said)}");
        }
    }

    [GeneratedRegex(@"\e\[[0-9;]*m", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colour();
}
