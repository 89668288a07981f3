using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Bips.Benchmarks.Harness;
using Bips.Benchmarks.Report.Facts;

namespace Bips.Benchmarks.Report;

/// <summary>
/// The machine and the state in which figures are measured; without them figures mean nothing. Made before a run and
/// completed after it.
/// </summary>
internal sealed class EnvironmentRecord
{
    /// <summary>What stands for the model of a board on machines that are none.</summary>
    public const string NoBoard = "no device tree";

    private const string Unknown = "unknown";
    private const string Time = "time";
    private const string Commit = "commit";
    private const string Command = "command";
    private const string LoadAtStart = "load at start";
    private const string LoadAtEnd = "load at end";
    private const string HeatAtStart = "temperatures at start";
    private const string HeatAtEnd = "temperatures at end";
    private const string Stolen = "stolen time";
    private const string Stops = "stopped by quota";
    private const string Duration = "duration";

    private readonly OrderedDictionary<string, string> _facts = new(StringComparer.Ordinal);
    private readonly SystemFiles _files;
    private readonly IReadOnlyList<int> _pinned;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly ProcessorTimes _times;
    private readonly long _stops;
    private readonly long _start;

    private EnvironmentRecord(SystemFiles files, RunSettings settings)
    {
        _files = files;
        _pinned = settings.Processors;
        _times = ProcessorTimes.Read(files);
        _stops = new ControlGroup(files).Stops();
        _start = _clock.GetTimestamp();
    }

    /// <summary>
    /// Facts that differ from run to run on one machine. Two runs that differ in them can still be compared.
    /// </summary>
    public static IReadOnlySet<string> OfOneRun { get; } =
        new HashSet<string>([Time, Commit, Command, LoadAtStart, LoadAtEnd, HeatAtStart, HeatAtEnd, Stolen, Stops,
            Duration], StringComparer.Ordinal);

    /// <summary>Of those, the ones that may explain why two runs differ.</summary>
    public static IReadOnlyList<string> Telling { get; } = [Commit, LoadAtStart, HeatAtEnd, Stolen, Stops];

    /// <summary>Takes down all that is known before the run.</summary>
    /// <param name="settings">Of the run.</param>
    /// <param name="files">Where the kernel says it.</param>
    /// <param name="extra">
    /// File of <c>name: value</c> lines from whoever started the run, for example about a board; null for none.
    /// </param>
    public static EnvironmentRecord Begin(RunSettings settings, SystemFiles files, FileInfo? extra = null)
    {
        var record = new EnvironmentRecord(files, settings);
        record.AddProcessors(new ProcessorFacts(files, settings.Processors));
        record.AddSystem();
        record.AddRun();
        record.AddExtra(extra);
        return record;
    }

    /// <summary>The record as it is now: after the run, with what happened during it.</summary>
    public OrderedDictionary<string, string> Complete()
    {
        _facts[LoadAtEnd] = _files.FirstLine("/proc/loadavg") ?? Unknown;
        _facts[HeatAtEnd] = Temperatures();
        _facts[Stolen] = ProcessorTimes.Read(_files).StolenSince(_times, _pinned) is { Length: > 0 } stolen
            ? stolen
            : Unknown;
        _facts[Stops] = string.Create(CultureInfo.InvariantCulture,
            $"{new ControlGroup(_files).Stops() - _stops} times");
        _facts[Duration] = string.Create(CultureInfo.InvariantCulture,
            $"{_clock.GetElapsedTime(_start).TotalSeconds:0} s");
        return new(_facts, StringComparer.Ordinal);
    }

    /// <summary>What is known now.</summary>
    public IReadOnlyDictionary<string, string> Facts => _facts;

    private void AddProcessors(ProcessorFacts processors)
    {
        _facts["processor"] = processors.Name();
        _facts["processors online"] = _files.FirstLine("/sys/devices/system/cpu/online") ?? Unknown;
        _facts["pinned to"] =
            $"{string.Join(", ", _pinned)} in this order (sched_setaffinity); trials with more processes than that " +
            $"are not pinned";
        _facts["topology"] = processors.Topology();
        _facts["threads of a core"] = processors.Threads();
        _facts["caches"] = processors.Caches();
        _facts["governor"] = processors.Governor();
        _facts["idle states"] = processors.Idle();
        _facts["isolated"] = processors.Isolated();
    }

    private void AddSystem()
    {
        var group = new ControlGroup(_files);
        _facts["memory"] = _files.Value("/proc/meminfo", "MemTotal") ?? Unknown;
        _facts["kernel"] = $"Linux {_files.FirstLine("/proc/sys/kernel/osrelease") ?? Unknown} " +
            $"{RuntimeInformation.OSArchitecture}; {RuntimeInformation.OSDescription}";
        _facts["clock source"] = _files.FirstLine("/sys/devices/system/clocksource/clocksource0/current_clocksource")
            ?? Unknown;
        _facts["virtualisation"] = Virtualisation();
        _facts["container"] = Container();
        _facts["processor quota"] = group.ProcessorQuota();
        _facts["memory limit"] = group.MemoryLimit();
        _facts["huge pages"] = $"transparent {Chosen("enabled")}, of shared memory {Chosen("shmem_enabled")}; " +
            $"reserved {_files.Value("/proc/meminfo", "HugePages_Total") ?? Unknown}";
        _facts["runtime"] = RuntimeInformation.FrameworkDescription;
        _facts["board"] = _files.FirstLine("/proc/device-tree/model") ?? NoBoard;
    }

    private void AddExtra(FileInfo? extra)
    {
        foreach (string line in extra is null ? [] : File.ReadLines(extra.FullName))
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon > 0)
            {
                _facts[line[..colon]] = line[(colon + 2)..];
            }
        }
    }

    private void AddRun()
    {
        _facts[Commit] = Assembly.GetExecutingAssembly()
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? Unknown;
        _facts[Command] = string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Prepend("./build.sh bench"));
        _facts[Time] = _clock.GetUtcNow().ToString("u", CultureInfo.InvariantCulture);
        _facts[LoadAtStart] = _files.FirstLine("/proc/loadavg") ?? Unknown;
        _facts[HeatAtStart] = Temperatures();
    }

    /// <summary>A board that has become hot runs more slowly.</summary>
    private string Temperatures()
    {
        string[] zones = [.. _files.Directories("/sys/class/thermal", "thermal_zone*")
            .Select(zone => (Name: _files.FirstLine($"{zone}/type"), Heat: _files.Number($"{zone}/temp")))
            .Where(zone => zone.Heat is not null)
            .Select(zone => string.Create(CultureInfo.InvariantCulture, $"{zone.Name} {zone.Heat / 1000.0:0.#} °C"))];
        return zones.Length > 0 ? string.Join(", ", zones) : "none visible";
    }

    private string Virtualisation()
    {
        string vendor = _files.FirstLine("/sys/class/dmi/id/sys_vendor") ?? _files.FirstLine("/sys/hypervisor/type") ??
            _files.FirstLine("/proc/device-tree/hypervisor/compatible") ?? "vendor unknown";
        bool isVirtual = $" {_files.Value("/proc/cpuinfo", "flags")} ".Contains(" hypervisor ",
            StringComparison.Ordinal) ||
            _files.Exists("/sys/hypervisor/type") || _files.Exists("/proc/device-tree/hypervisor");
        return isVirtual ? $"virtual machine ({vendor})" : $"none visible ({vendor})";
    }

    private string Container()
    {
        if (_files.Exists("/.dockerenv"))
        {
            return "docker";
        }

        return _files.Exists("/run/.containerenv") ? "podman" :
            _files.FirstLine("/run/systemd/container") ?? Environment.GetEnvironmentVariable("container")
                ?? "none visible";
    }

    /// <summary>The word in brackets, of a file that lists all that could be chosen.</summary>
    private string Chosen(string file)
    {
        string line = _files.FirstLine($"/sys/kernel/mm/transparent_hugepage/{file}") ?? Unknown;
        int start = line.IndexOf('[', StringComparison.Ordinal);
        int end = line.IndexOf(']', StringComparison.Ordinal);
        return start >= 0 && end > start ? line[(start + 1)..end] : line;
    }
}
