using System.Globalization;

namespace Bips.Benchmarks.Report.Facts;

/// <summary>How the time of each processor was spent up to one instant, as <c>/proc/stat</c> counts it.</summary>
internal sealed class ProcessorTimes
{
    private const int Steal = 7;
    private const int Counted = 8;

    private readonly Dictionary<int, long[]> _ticks = [];

    private ProcessorTimes(IEnumerable<string> lines)
    {
        foreach (string[] parts in lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (parts.Length > Counted && parts[0].StartsWith("cpu", StringComparison.Ordinal) &&
                int.TryParse(parts[0].AsSpan(3), CultureInfo.InvariantCulture, out int number))
            {
                _ticks[number] =
                    [.. parts.Skip(1).Take(Counted).Select(part => long.Parse(part, CultureInfo.InvariantCulture))];
            }
        }
    }

    public static ProcessorTimes Read(SystemFiles files) => new(files.Lines("/proc/stat"));

    /// <summary>
    /// For each of the processors: the share of the time since then in which this machine had work and the hypervisor
    /// ran somebody else.
    /// </summary>
    public string StolenSince(ProcessorTimes start, IEnumerable<int> processors) => string.Join(", ", processors
        .Where(number => _ticks.ContainsKey(number) && start._ticks.ContainsKey(number))
        .Select(number =>
            string.Create(CultureInfo.InvariantCulture, $"{StolenSince(start, number):0.##} % of processor {number}")));

    private double StolenSince(ProcessorTimes start, int number)
    {
        long[] before = start._ticks[number];
        long[] after = _ticks[number];
        long all = after.Sum() - before.Sum();
        return all > 0 ? 100.0 * (after[Steal] - before[Steal]) / all : 0;
    }
}
