using System.Reflection;
using System.Runtime.InteropServices;
using Bips.Benchmarks.Harness;

namespace Bips.Benchmarks.Report;

/// <summary>What the figures were measured on; without it they mean nothing.</summary>
internal sealed record EnvironmentRecord
{
    private const string Unknown = "unknown";

    public required string Processor { get; init; }

    public required int ProcessorCount { get; init; }

    public required string PinnedTo { get; init; }

    public required string Kernel { get; init; }

    public required string Governor { get; init; }

    public required string ClockSource { get; init; }

    public required string Virtualisation { get; init; }

    public required string Container { get; init; }

    public required string TransparentHugePages { get; init; }

    public required string Runtime { get; init; }

    public required string Commit { get; init; }

    /// <summary>Load averages at the start: other work on the machine shows here.</summary>
    public required string LoadAtStart { get; init; }

    public required DateTimeOffset Time { get; init; }

    public static EnvironmentRecord Read(RunSettings settings) => new()
    {
        Processor = ProcessorName(),
        ProcessorCount = Environment.ProcessorCount,
        PinnedTo = $"processors {string.Join(", ", settings.Processors)} in this order (sched_setaffinity), unless a figure says otherwise",
        Kernel = $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
        Governor = FirstLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") ?? "none visible",
        ClockSource = FirstLine("/sys/devices/system/clocksource/clocksource0/current_clocksource") ?? Unknown,
        Virtualisation = VirtualMachine(),
        Container = ContainerName(),
        TransparentHugePages = FirstLine("/sys/kernel/mm/transparent_hugepage/shmem_enabled") ?? Unknown,
        Runtime = RuntimeInformation.FrameworkDescription,
        Commit = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? Unknown,
        LoadAtStart = FirstLine("/proc/loadavg") ?? Unknown,
        Time = TimeProvider.System.GetUtcNow(),
    };

    /// <summary>The record as lines of "name: value".</summary>
    public IEnumerable<string> ToLines() =>
    [
        $"processor       {Processor}, {ProcessorCount} of them",
        $"pinned to       {PinnedTo}",
        $"kernel          {Kernel}",
        $"governor        {Governor}",
        $"clock source    {ClockSource}",
        $"virtualisation  {Virtualisation}",
        $"container       {Container}",
        $"huge pages      {TransparentHugePages}",
        $"runtime         {Runtime}",
        $"commit          {Commit}",
        $"load at start   {LoadAtStart}",
        $"time            {Time:u}",
    ];

    private static string ProcessorName()
    {
        string[] lines = File.ReadAllLines("/proc/cpuinfo");
        foreach (string key in new[] { "model name", "Model", "Hardware", "CPU part" })
        {
            string? line = Array.Find(lines, line => line.StartsWith(key, StringComparison.Ordinal));
            if (line is not null)
            {
                return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            }
        }

        return FirstLine("/proc/device-tree/model")?.TrimEnd('\0') ?? Unknown;
    }

    private static string VirtualMachine()
    {
        string? flags = Array.Find(File.ReadAllLines("/proc/cpuinfo"), line => line.StartsWith("flags", StringComparison.Ordinal));
        string vendor = FirstLine("/sys/class/dmi/id/sys_vendor") ?? FirstLine("/sys/hypervisor/type") ?? "vendor unknown";
        return flags is not null && flags.Contains(" hypervisor", StringComparison.Ordinal)
            ? $"virtual machine ({vendor})"
            : $"none visible ({vendor})";
    }

    private static string ContainerName()
    {
        if (File.Exists("/.dockerenv"))
        {
            return "docker";
        }

        return File.Exists("/run/.containerenv") ? "podman" : Environment.GetEnvironmentVariable("container") ?? "none visible";
    }

    private static string? FirstLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault();
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
