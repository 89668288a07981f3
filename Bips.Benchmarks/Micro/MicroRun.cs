using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Bips.Benchmarks.Harness;
using Perfolizer.Horology;

namespace Bips.Benchmarks.Micro;

/// <summary>Runs the single-process half of the suite with BenchmarkDotNet.</summary>
/// <remarks>
/// In this process: the default toolchain builds a project under the output directory, which needs the SDK and would
/// inherit this repository's analyzers, central versions and artifacts layout. What is measured has no state that one
/// class could leave to the next, and the runtime's settings are those of the harness.
/// </remarks>
internal static class MicroRun
{
    /// <param name="isQuick">Three short iterations instead of as many as it takes.</param>
    /// <param name="figures">What was found.</param>
    /// <returns>Whether every benchmark gave a result.</returns>
    public static bool Run(bool isQuick, out IReadOnlyList<Figure> figures)
    {
        DirectoryInfo artifacts = Directory.CreateTempSubdirectory("bips-micro-");
        try
        {
            return Run(isQuick, artifacts.FullName, out figures);
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }
    }

    private static bool Run(bool isQuick, string artifacts, out IReadOnlyList<Figure> figures)
    {
        Job job = (isQuick ? Job.ShortRun.WithIterationTime(TimeInterval.FromMilliseconds(100)) : Job.Default)
            .WithToolchain(InProcessEmitToolchain.Instance);
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance)
            .AddLogger(isQuick ? NullLogger.Instance : ConsoleLogger.Default)
            .WithArtifactsPath(artifacts)
            .WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.JoinSummary);
        Summary[] summaries = BenchmarkRunner.Run(
            [typeof(ExchangeBenchmarks), typeof(AwaitBenchmarks), typeof(FanOutBenchmarks), typeof(PipeBenchmarks)],
            config);
        foreach (Summary summary in summaries)
        {
            MarkdownExporter.Console.ExportToLog(summary, ConsoleLogger.Default);
        }

        figures = [.. summaries.SelectMany(MicroFigures.Of)];
        return summaries.All(summary => !summary.HasCriticalValidationErrors &&
            summary.Reports.All(report => report.Success));
    }
}
