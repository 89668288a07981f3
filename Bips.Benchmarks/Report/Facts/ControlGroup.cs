using System.Globalization;

namespace Bips.Benchmarks.Report.Facts;

/// <summary>
/// What the control groups of this process allow it: the strictest limit of all groups from its own up to the root.
/// </summary>
internal sealed class ControlGroup(SystemFiles files)
{
    private const string Mount = "/sys/fs/cgroup";
    private const string None = "none";

    /// <summary>The old kernels' way of saying that memory is not limited: the largest multiple of a page.</summary>
    private const long Unlimited = long.MaxValue / 4096 * 4096;

    /// <summary>Processor time per time, for example "1.5 processors"; "none" without a quota.</summary>
    public string ProcessorQuota()
    {
        IEnumerable<double> quotas = Paths("").Select(path => files.FirstLine($"{path}/cpu.max")).OfType<string>()
            .Select(line => line.Split(' '))
            .Where(parts => parts is [not "max", _])
            .Select(parts => Parse(parts[0]) / Parse(parts[1]));
        IEnumerable<double> old = Paths("cpu")
            .Where(path => files.Number($"{path}/cpu.cfs_quota_us") > 0)
            .Select(path =>
                (double)files.Number($"{path}/cpu.cfs_quota_us")! / files.Number($"{path}/cpu.cfs_period_us") ?? 1);
        double[] all = [.. quotas, .. old];
        return all.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"{all.Min():0.##} processors") : None;
    }

    /// <summary>Bytes of memory, as a text; "none" without a limit.</summary>
    public string MemoryLimit()
    {
        long[] limits =
        [
            .. Paths("").Select(path => files.Number($"{path}/memory.max")).OfType<long>(),
            .. Paths("memory").Select(path => files.Number($"{path}/memory.limit_in_bytes")).OfType<long>()
            .Where(limit => limit < Unlimited),
        ];
        return limits.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"{limits.Min() >> 20:N0} MiB") : None;
    }

    /// <summary>How often a quota has stopped this group so far; 0 without one.</summary>
    public long Stops() => Paths("").Concat(Paths("cpu"))
        .Select(path => long.TryParse(files.Value($"{path}/cpu.stat", "nr_throttled"), CultureInfo.InvariantCulture,
            out long count) ? count : 0)
        .DefaultIfEmpty().Max();

    /// <param name="controller">Of the old hierarchy; empty for the unified one.</param>
    private IEnumerable<string> Paths(string controller)
    {
        string mount = controller.Length > 0 ? $"{Mount}/{controller}" : Mount;
        string? path = files.Lines("/proc/self/cgroup").Select(line => line.Split(':', 3))
            .Where(parts => parts.Length == 3 && parts[1].Split(',').Contains(controller, StringComparer.Ordinal))
            .Select(parts => parts[2]).FirstOrDefault();
        if (path is null)
        {
            yield break;
        }

        // A container often sees its own group mounted at the top, whatever path it is told.
        for (string group = path.TrimEnd('/'); group.Length > 0; group = group[..group.LastIndexOf('/')])
        {
            yield return mount + group;
        }

        yield return mount;
    }

    private static double Parse(string number) => double.Parse(number, CultureInfo.InvariantCulture);
}
