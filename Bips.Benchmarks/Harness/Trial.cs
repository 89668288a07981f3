using System.Globalization;

namespace Bips.Benchmarks.Harness;

/// <summary>Processes that measure something together.</summary>
internal sealed record Trial
{
    /// <summary>What it is for, for the progress line.</summary>
    public required string Name { get; init; }

    /// <summary>What is measured one after the other.</summary>
    public required IReadOnlyList<string> Sections { get; init; }

    /// <summary>Words for every process.</summary>
    public required string Words { get; init; }

    /// <summary>The processes: role, then words of its own.</summary>
    public required IReadOnlyList<string> Processes { get; init; }

    /// <summary>Plain shared memory that the raw sections need, in bytes.</summary>
    public required long MemoryLength { get; init; }

    /// <summary>
    /// Whether process n stays on the n-th processor; false where there are more processes than that.
    /// </summary>
    public bool IsPinned { get; init; } = true;

    /// <summary>Whether all processes are to stay on the first processor.</summary>
    public bool IsOnOneProcessor { get; init; }

    /// <summary>
    /// Measures something else in each repetition after the processes have ended, and adds it to their numbers.
    /// </summary>
    public Action<IDictionary<string, double>>? Alongside { get; init; }

    /// <summary>
    /// Everything but the machine that a figure of this trial depends on, as words and their values.
    /// </summary>
    public IReadOnlyDictionary<string, string> Definition()
    {
        var definition = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["trial"] = Name,
            ["processes"] =
                string.Join(", ", Processes.Select(process => process.Split(' ')[0]).Distinct(StringComparer.Ordinal)),
            ["parties"] = Processes.Count.ToString(CultureInfo.InvariantCulture),
        };
        foreach (string word in Words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = word.Split('=', 2);
            definition[pair[0]] = pair[1];
        }

        return definition;
    }
}
