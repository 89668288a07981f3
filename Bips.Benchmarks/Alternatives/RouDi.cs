using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Imports;
using Bips.Processes;

namespace Bips.Benchmarks.Alternatives;

/// <summary>
/// The daemon that iceoryx needs, with memory of the sizes that are compared. It ends when it is disposed or when this
/// process ends, and leaves nothing of iceoryx behind. A machine can run one at a time.
/// </summary>
internal sealed partial class RouDi : IDisposable
{
    private const string Program = "iox-roudi";
    private const string ReadyMark = "ready";
    private const string Packages = "iceoryx libiceoryx-binding-c2";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _shell;

    private RouDi(ChildProcess shell) => _shell = shell;

    public static string? Obstacle() =>
        Presence.Obstacle(Packages, Iceoryx.Library) ?? (SearchPath.Has(Program) ? null : Presence.Missing(Packages));

    /// <param name="pools">
    /// For each size, in ascending order: bytes of a chunk without its header, and the number of such chunks.
    /// </param>
    /// <exception cref="InvalidOperationException">It did not start; another one may be running.</exception>
    public static RouDi Start(IEnumerable<(int Size, int Count)> pools)
    {
        string configuration = Path.GetTempFileName();
        IEnumerable<string> segments = pools.SelectMany(pool => new[]
        {
            "", "[[segment.mempool]]",
            string.Create(CultureInfo.InvariantCulture, $"size = {pool.Size}"),
            string.Create(CultureInfo.InvariantCulture, $"count = {pool.Count}"),
        });
        File.WriteAllLines(configuration, ["[general]", "version = 1", "", "[[segment]]", .. segments]);
        string script = Path.Combine(AppContext.BaseDirectory, "roudi.sh");
        var roudi = new RouDi(ChildProcess.Start("sh", [script, TrialDirectory.NamePrefix, configuration]));
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
        _shell.EndInput();
        if (!_shell.TryWaitForExit(s_patience))
        {
            _shell.KillTree();
        }

        _shell.Dispose();
    }

    private void WaitUntilReady()
    {
        var clock = Stopwatch.StartNew();
        var said = new List<string>();
        while (_shell.ReadLine(s_patience - clock.Elapsed) is { } line)
        {
            said.Add(Colour().Replace(line, ""));
            if (line.Contains(ReadyMark, StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException($"{Program} did not become ready. It said: {string.Join(' ', said)}");
    }

    [GeneratedRegex(@"\e\[[0-9;]*m", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colour();
}
