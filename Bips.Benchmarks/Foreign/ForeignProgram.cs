using System.Globalization;
using Bips.Benchmarks.Stations;
using Bips.Processes;

namespace Bips.Benchmarks.Foreign;

/// <summary>
/// A producer (<c>source</c>) or a consumer (<c>sink</c>) in another language, in a process of its own. It says when it
/// is ready.
/// </summary>
internal sealed class ForeignProgram : IDisposable
{
    /// <summary>Name for the language of this program, which the others are compared with.</summary>
    public const string Own = "csharp";

    /// <summary>Environment variable that tells the processes of a trial where the compiled programs are.</summary>
    public const string DirectoryVariable = "BIPS_BENCHMARKS_FOREIGN";

    private const string Source = "source";
    private const string Sink = "sink";
    private const string ReadyLine = "ready";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly ChildProcess _child;

    private ForeignProgram(ChildProcess child) => _child = child;

    /// <summary>Compiles what is in C.</summary>
    /// <returns>What the compiler says when it refuses; null when it does not.</returns>
    public static string? Compile(string directory) => Compile(directory, Source) ?? Compile(directory, Sink);

    /// <summary>In which language a section is, by the end of its name.</summary>
    public static string LanguageOf(Turn turn) => turn.Section[(turn.Section.LastIndexOf('=') + 1)..];

    /// <summary>Starts a producer and waits until its pool is there.</summary>
    /// <param name="station">Of the trial.</param>
    /// <param name="turn">How long, and in which language.</param>
    /// <param name="plan">Sizes of the pool.</param>
    public static ForeignProgram StartSource(Station station, Turn turn, StreamPlan plan) =>
        Start(LanguageOf(turn), Source,
        $"{StreamSource.PoolName} {plan.FrameSize} {plan.Buffers} {station.UncountedTime(turn).TotalMilliseconds:0} " +
        $"{station.CountedTime(turn).TotalMilliseconds:0}", station.Directory);

    /// <summary>Starts a consumer and waits until it is attached.</summary>
    public static ForeignProgram StartSink(Station station, Turn turn) =>
        Start(LanguageOf(turn), Sink, StreamSource.PoolName, station.Directory);

    /// <summary>Lets a producer begin, and waits for its end.</summary>
    /// <returns>The words of its last line: frames sent in its counted time, and that time in nanoseconds.</returns>
    public (double Frames, double Nanoseconds) Send()
    {
        _child.WriteLine("");
        WaitForEnd();
        string[] words = _child.OutputLines[^1].Split(' ');
        return (double.Parse(words[0], CultureInfo.InvariantCulture),
            double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Waits until it ends by itself.</summary>
    public void WaitForEnd()
    {
        if (_child.WaitForExit(Timeout.InfiniteTimeSpan) is not 0 and int code)
        {
            throw new InvalidOperationException(_child.Message($"ended with code {code}"));
        }
    }

    public void Dispose() => _child.Dispose();

    private static ForeignProgram Start(string language, string part, string words, string directory)
    {
        string path = Path.Combine(AppContext.BaseDirectory, $"{part}.py");
        (string program, string[] script) = language is "c"
            ? (Path.Combine(Environment.GetEnvironmentVariable(DirectoryVariable)!, part), Array.Empty<string>())
            : (ForeignPrefix.Python, [path]);
        var child = ChildProcess.Start(program, [.. script, .. words.Split(' ')], new ChildOptions
        {
            Name = $"the {part} in {language}",
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["BIPS_DIRECTORY"] = directory,
                ["PYTHONPATH"] = Path.Combine(ForeignPrefix.Libraries, "python"),
                ["PYTHONDONTWRITEBYTECODE"] = "1",
            },
        });
        try
        {
            return child.ReadLine(s_patience) is ReadyLine
                ? new ForeignProgram(child)
                : throw new InvalidOperationException(child.Message("did not become ready"));
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    private static string? Compile(string directory, string part)
    {
        (int code, _, string error) = ChildProcess.Run("gcc",
        [
            "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", $"{Path.Combine(AppContext.BaseDirectory, part)}.c",
            "-o", Path.Combine(directory, part), $"-I{ForeignPrefix.Headers}", $"-L{ForeignPrefix.Libraries}", "-lbips",
            $"-Wl,-rpath,{ForeignPrefix.Libraries}",
        ], s_patience);
        return code == 0 ? null : $"not measured; gcc says: {error.Split('\n')[0]}";
    }
}
