using System.Diagnostics;
using System.Globalization;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Foreign;

/// <summary>
/// A producer (<c>source</c>) or a consumer (<c>sink</c>) in another language, in a process of its own. It says when it is ready.
/// </summary>
internal sealed class ForeignProgram : IDisposable
{
    /// <summary>Stands for the language of this program, with which the others are compared.</summary>
    public const string Own = "csharp";

    /// <summary>Environment variable that tells the processes of a trial where the compiled programs are.</summary>
    public const string DirectoryVariable = "BIPS_BENCHMARKS_FOREIGN";

    private const string Source = "source";
    private const string Sink = "sink";
    private const string ReadyLine = "ready";

    private readonly Process _process;
    private readonly string _description;

    private ForeignProgram(Process process, string description)
    {
        _process = process;
        _description = description;
    }

    /// <summary>Compiles what is in C.</summary>
    /// <returns>What the compiler says when it refuses; null when it does not.</returns>
    public static string? Compile(string directory) => Compile(directory, Source) ?? Compile(directory, Sink);

    /// <summary>In which language a section is, by the end of its name.</summary>
    public static string LanguageOf(Turn turn) => turn.Section[(turn.Section.LastIndexOf('=') + 1)..];

    /// <summary>Starts a producer and waits until its pool is there.</summary>
    /// <param name="station">Of the trial.</param>
    /// <param name="turn">How long, and in which language.</param>
    /// <param name="plan">Sizes of the pool.</param>
    public static ForeignProgram StartSource(Station station, Turn turn, StreamPlan plan) => Start(LanguageOf(turn), Source,
        $"{StreamSource.PoolName} {plan.FrameSize} {plan.Buffers} {station.UncountedTime(turn).TotalMilliseconds:0} " +
        $"{station.CountedTime(turn).TotalMilliseconds:0}", station.Directory);

    /// <summary>Starts a consumer and waits until it is attached.</summary>
    public static ForeignProgram StartSink(Station station, Turn turn) =>
        Start(LanguageOf(turn), Sink, StreamSource.PoolName, station.Directory);

    /// <summary>Lets a producer begin, and waits for its end.</summary>
    /// <returns>The last words of its output: frames sent in its counted time, and that time in nanoseconds.</returns>
    public (double Frames, double Nanoseconds) Send()
    {
        _process.StandardInput.WriteLine();
        string[] words = _process.StandardOutput.ReadToEnd().Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        WaitForEnd();
        return (double.Parse(words[0], CultureInfo.InvariantCulture),
            double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Waits until it ends by itself.</summary>
    public void WaitForEnd()
    {
        _process.WaitForExit();
        if (_process.ExitCode != 0)
        {
            throw Failed();
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private static ForeignProgram Start(string language, string part, string words, string directory)
    {
        ProcessStartInfo start = language is "c"
            ? new ProcessStartInfo(Path.Combine(Environment.GetEnvironmentVariable(DirectoryVariable)!, part), words.Split(' '))
            : new ProcessStartInfo(ForeignPrefix.Python, [$"{Path.Combine(AppContext.BaseDirectory, part)}.py", .. words.Split(' ')]);
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.Environment["BIPS_DIRECTORY"] = directory;
        start.Environment["PYTHONPATH"] = Path.Combine(ForeignPrefix.Libraries, "python");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        var program = new ForeignProgram(Process.Start(start)!, $"The {part} in {language}");
        if (program._process.StandardOutput.ReadLine() is ReadyLine)
        {
            return program;
        }

        program.Dispose();
        throw program.Failed();
    }

    private static string? Compile(string directory, string part)
    {
        var start = new ProcessStartInfo("gcc",
        [
            "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", $"{Path.Combine(AppContext.BaseDirectory, part)}.c",
            "-o", Path.Combine(directory, part), $"-I{ForeignPrefix.Headers}", $"-L{ForeignPrefix.Libraries}", "-lbips",
            $"-Wl,-rpath,{ForeignPrefix.Libraries}",
        ])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using Process compiler = Process.Start(start)!;
        string error = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        return compiler.ExitCode == 0 ? null : $"not measured; gcc says: {error.Split('\n')[0]}";
    }

    private InvalidOperationException Failed() => new($"{_description} failed; what it said is above.");
}
