using System.Globalization;
using Bips.Cli.Reporting;

namespace Bips.Cli.Demonstration;

/// <summary>Finds out whether a producer and its consumers have the same physical memory.</summary>
internal static class SharedPages
{
    private const string Claim = "producer and consumers used the same physical pages";

    /// <returns>Null when one of the processes has gone, or has not mapped the pool yet.</returns>
    public static ProofReport? TryProve(string pool, int producer, IReadOnlyList<int> consumers)
    {
        if (consumers.Count == 0 ||
            PoolMapping.FindByName(consumers[0], pool)?.FindSameObject(producer) is not { } origin)
        {
            return null;
        }

        ulong[]? pages = PageTable.Read(producer, origin);
        var common = new List<int>();
        foreach (int consumer in consumers)
        {
            if (PoolMapping.FindByName(consumer, pool) is not { } mapping)
            {
                return null;
            }

            if (!mapping.IsSameMemoryAs(origin))
            {
                return new ProofReport(Claim, Holds: false,
                    $"process {consumer} maps {mapping.Identity} ({mapping.Permissions}), the producer " +
                    $"{origin.Identity}");
            }

            if (pages is not null && PageTable.Read(consumer, mapping) is { } theirs)
            {
                int equal = CountEqual(pages, theirs, out int different);
                if (different > 0)
                {
                    return new ProofReport(Claim, Holds: false, string.Create(CultureInfo.InvariantCulture,
                        $"{different} of {pages.Length} pages of process {consumer} have other frame numbers than " +
                        $"the producer's"));
                }

                common.Add(equal);
            }
        }

        return common.Count == consumers.Count && common.TrueForAll(static count => count > 0)
            ? ByFrameNumbers(pages!.Length, common, origin)
            : ByObject(consumers.Count, origin);
    }

    /// <summary>Compares what both have; a page that one has not touched yet says nothing.</summary>
    private static int CountEqual(ulong[] ours, ulong[] theirs, out int different)
    {
        int equal = 0;
        different = 0;
        for (int i = 0; i < ours.Length; i++)
        {
            if (ours[i] != 0 && theirs[i] != 0)
            {
                equal += ours[i] == theirs[i] ? 1 : 0;
                different += ours[i] == theirs[i] ? 0 : 1;
            }
        }

        return equal;
    }

    private static ProofReport ByFrameNumbers(int pages, List<int> common, PoolMapping origin) =>
        new(Claim, Holds: true, string.Create(CultureInfo.InvariantCulture,
            $"page frame numbers in /proc/PID/pagemap: {string.Join(", ", common)} of {pages} pages of object " +
            $"{origin.Identity} compared with each consumer's, all equal"));

    private static ProofReport ByObject(int consumers, PoolMapping origin) =>
        new(Claim, Holds: true, string.Create(CultureInfo.InvariantCulture,
            $"/proc/PID/maps: producer and {consumers} consumers map the same {origin.Length} bytes of object " +
            $"{origin.Identity}, shared (page frame numbers are shown to root only)"));
}
