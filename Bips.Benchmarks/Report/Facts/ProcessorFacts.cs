using System.Globalization;

namespace Bips.Benchmarks.Report.Facts;

/// <summary>What the processors are and how they are set.</summary>
/// <param name="files">Where the kernel says it.</param>
/// <param name="pinned">Processors that the processes are pinned to, in order; at least one.</param>
internal sealed class ProcessorFacts(SystemFiles files, IReadOnlyList<int> pinned)
{
    private const int ShownAtMost = 8;
    private const string Unknown = "unknown";
    private const string Root = "/sys/devices/system/cpu";

    /// <summary>The name that the kernel gives it; of an Arm core its implementer and part.</summary>
    public string Name()
    {
        const string information = "/proc/cpuinfo";
        if (files.Value(information, "model name") is { } name)
        {
            return name;
        }

        return files.Value(information, "CPU part") is { } part
            ? $"implementer {files.Value(information, "CPU implementer") ?? Unknown}, part {part}"
            : Unknown;
    }

    /// <summary>How the first two processors lie to each other, and where each of them is.</summary>
    public string Topology()
    {
        string places = string.Join("; ", pinned.Take(ShownAtMost).Select(Place)) +
            (pinned.Count > ShownAtMost ? "; ..." : "");
        return pinned.Count < 2
            ? places
            : $"{places}; {pinned[0]} and {pinned[1]} are {Relation(pinned[0], pinned[1])}";
    }

    /// <summary>Whether cores have several threads that share them.</summary>
    public string Threads() => files.FirstLine($"{Root}/smt/control") is { } control
        ? $"{control}, {(files.FirstLine($"{Root}/smt/active") is "1" ? "active" : "not active")}"
        : Unknown;

    /// <summary>Caches of the first processor, and who shares them.</summary>
    public string Caches()
    {
        string[] caches = [.. files.Directories($"{Root}/cpu{pinned[0]}/cache", "index*").Select(index =>
            $"L{files.FirstLine($"{index}/level")} {files.FirstLine($"{index}/type")} " +
            $"{files.FirstLine($"{index}/size")} (processors {files.FirstLine($"{index}/shared_cpu_list")})")];
        return caches.Length > 0 ? string.Join(", ", caches) : "not visible";
    }

    /// <summary>Governors of the pinned processors, with the driver and the frequencies.</summary>
    public string Governor()
    {
        string[] governors = [.. pinned.Select(DescribeFrequency).OfType<string>().Distinct(StringComparer.Ordinal)];
        return governors.Length > 0 ? string.Join("; ", governors) : "none visible";
    }

    /// <summary>What a core without work does: it decides how long a wake-up takes.</summary>
    public string Idle() => files.FirstLine($"{Root}/cpuidle/current_driver") is { } driver
        ? $"driver {driver}, governor {files.FirstLine($"{Root}/cpuidle/current_governor") ?? Unknown}"
        : "not visible";

    /// <summary>Processors that the scheduler leaves alone.</summary>
    public string Isolated() => files.FirstLine($"{Root}/isolated") is { Length: > 0 } isolated ? isolated : "none";

    private string Place(int number) =>
        $"{number}: package {Describe(number, "physical_package_id")} core {Describe(number, "core_id")}";

    private string Describe(int number, string what) =>
        files.FirstLine($"{Root}/cpu{number}/topology/{what}") ?? Unknown;

    private string Relation(int first, int second)
    {
        if (Includes(files.FirstLine($"{Root}/cpu{first}/topology/thread_siblings_list"), second))
        {
            return "two threads of one core";
        }

        string? sharedWith = files.Directories($"{Root}/cpu{first}/cache", "index*")
            .Where(index => files.Number($"{index}/level") == 3)
            .Select(index => files.FirstLine($"{index}/shared_cpu_list"))
            .FirstOrDefault();
        string cache = sharedWith is null ? "no L3 is visible"
            : Includes(sharedWith, second) ? "they share an L3"
            : "they do not share an L3";
        return $"different cores, {cache}";
    }

    private string? DescribeFrequency(int number)
    {
        string policy = $"{Root}/cpu{number}/cpufreq";
        return files.FirstLine($"{policy}/scaling_governor") is { } governor
            ? $"{governor} ({files.FirstLine($"{policy}/scaling_driver") ?? Unknown}), " +
                $"{Megahertz($"{policy}/scaling_min_freq")}..{Megahertz($"{policy}/scaling_max_freq")} MHz"
            : null;
    }

    private string Megahertz(string path) =>
        files.Number(path) is { } kilohertz ? (kilohertz / 1000).ToString(CultureInfo.InvariantCulture) : Unknown;

    /// <param name="list">For example <c>0-3,8</c>.</param>
    /// <param name="number">A processor.</param>
    private static bool Includes(string? list, int number) => list is not null && list.Split(',').Any(range =>
    {
        string[] ends = range.Split('-');
        return int.TryParse(ends[0], CultureInfo.InvariantCulture, out int first) &&
            int.TryParse(ends[^1], CultureInfo.InvariantCulture, out int last) && number >= first && number <= last;
    });
}
