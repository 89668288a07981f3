using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Foreign;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Scenarios;

/// <summary>
/// What a producer or a consumer in another language does to the rate of a stream whose other side is in C#.
/// </summary>
internal static class LanguageQuestions
{
    private const string Pool = "pool/Balanced/Block";

    private static readonly StreamPlan s_plan = new(FrameSize: 1024, Buffers: 64, Sinks: 1, Touch.None);

    /// <param name="runner">Runs the trials.</param>
    /// <param name="scenario">Which sub-command asks.</param>
    public static List<Figure> Run(TrialRunner runner, string scenario)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("bips-foreign-");
        try
        {
            string? obstacleOfC = ForeignPrefix.ObstacleOfC ?? ForeignProgram.Compile(directory.FullName);
            Environment.SetEnvironmentVariable(ForeignProgram.DirectoryVariable, directory.FullName);
            (string Key, string Name, string? Obstacle)[] languages =
                [("c", "C", obstacleOfC), ("python", "Python", ForeignPrefix.ObstacleOfPython)];
            return
            [
                .. Side(runner, scenario, languages, "consumer", "by", "C# producer",
                    [Roles.Source, Roles.ForeignSink]),
                .. Side(runner, scenario, languages, "producer", "from", "C# consumer",
                    [Roles.ForeignSource, $"{Roles.Sink} sink=0"]),
            ];
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static IEnumerable<Figure> Side(TrialRunner runner, string scenario,
        (string Key, string Name, string? Obstacle)[] languages,
        string side, string word, string other, IReadOnlyList<string> processes)
    {
        string own = $"{Pool}/{word}={ForeignProgram.Own}";
        Samples samples = runner.Run(scenario, new Trial
        {
            Name = $"{side}s in other languages",
            Sections = [own, .. languages.Where(language => language.Obstacle is null)
                .Select(language => $"{Pool}/{word}={language.Key}")],
            Words = $"{s_plan.ToWords()} {runner.Settings.BriefTimes}",
            Processes = processes,
            MemoryLength = s_plan.MemoryLength,
        });
        return languages.Select(language => language.Obstacle is null
            ? samples.Beside($"{other}, {language.Name} {side}, 1 KB untouched", "frames/s",
                $"{Pool}/{word}={language.Key}.rate",
                $"{own}.rate", $"C# {side}")
            : samples.Alone($"{other}, no {language.Name} {side}, 1 KB untouched", "frames/s",
                samples.Of($"{own}.rate")) with
            {
                LimitName = $"{language.Name} {side}: {language.Obstacle}",
            });
    }
}
