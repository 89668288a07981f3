using System.Globalization;

namespace Bips.Torture;

/// <summary>What the run showed, and whether that is what was promised.</summary>
internal sealed class Report(TimeSpan elapsed,
    IReadOnlyDictionary<string, int> stepKills, IReadOnlyList<TimeSpan> recoveries)
{
    private const int KillsPerStep = 20;
    private const int ManyKills = 1000;
    private const int ManyTakeOvers = 100;
    private static readonly TimeSpan s_medianRecovery = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_slowestRecovery = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Runs of at least this length must also reach numbers and times; a shorter one, on a busy machine, need not.
    /// </summary>
    private static readonly TimeSpan s_longRun = TimeSpan.FromMinutes(5);
    private readonly List<string> _faults = [];
    private readonly Dictionary<string, ulong> _closed = new(StringComparer.Ordinal);
    private int _kills;
    private int _takeOvers;
    private int _newPools;
    private long _frames;
    private int _comparedStreams;

    public void Fault(string fault) => _faults.Add(fault);

    public void Expect(bool holds, string fault)
    {
        if (!holds)
        {
            Fault(fault);
        }
    }

    public void CountProducer(string line)
    {
        string[] words = line.Split(' ');
        switch (words)
        {
            case ["created", "take-over", ..]:
                _takeOvers++;
                break;
            case ["created", ..]:
                _newPools++;
                break;
            case ["closed", var pool, var published]:
                _closed[pool] = ulong.Parse(published, CultureInfo.InvariantCulture);
                break;
        }
    }

    /// <summary>Goes through all that everybody said.</summary>
    public void Collect(IEnumerable<Slot> slots, IReadOnlyList<Actor> innocents)
    {
        foreach (Slot slot in slots)
        {
            _kills += slot.Kills;
            _faults.AddRange(slot.Faults);
            foreach (string line in slot.Ended.SelectMany(actor => actor.Lines()))
            {
                CountProducer(line);
                CollectLine(line);
            }
        }

        foreach (string line in innocents.SelectMany(innocent => innocent.Lines()))
        {
            CollectLine(line);
        }

        CompareStreams(innocents);
    }

    /// <returns>Whether everything is as promised.</returns>
    public bool Print(TextWriter output)
    {
        TimeSpan[] sorted = [.. recoveries.Order()];
        TimeSpan slowest = sorted.LastOrDefault();
        TimeSpan median = sorted.Length == 0 ? TimeSpan.Zero : sorted[sorted.Length / 2];
        (bool Holds, string Claim)[] claims =
        [
            (_faults.Count == 0,
                $"no corrupt, lost or overwritten frame, no fault, nothing leaked: {_faults.Count} found"),
            (_frames > 0, $"frames checked in full: {_frames}"),
            (_kills > 0, $"kills survived: {_kills}, of them at named steps {stepKills.Values.Sum()}"),
            (_takeOvers > 0, $"producers that took over: {_takeOvers}, that made a new pool: {_newPools}"),
            (_comparedStreams > 0,
                $"streams that both innocent consumers read alike to the last frame: {_comparedStreams}"),
        ];
        output.WriteLine($"a dead consumer's buffers were back at a waiting producer {sorted.Length} times: median " +
            $"{median.TotalMilliseconds:F2} ms, slowest {slowest.TotalMilliseconds:F2} ms");
        if (elapsed >= s_longRun)
        {
            claims =
            [
                .. claims,
                (sorted.Length > 0 && median < s_medianRecovery,
                    $"median recovery under {s_medianRecovery.TotalMilliseconds} ms"),
                (sorted.Length > 0 && slowest < s_slowestRecovery,
                    $"slowest recovery under {s_slowestRecovery.TotalMilliseconds} ms"),
                (_kills >= ManyKills, $"kills: {_kills} (at least {ManyKills})"),
                (_takeOvers >= ManyTakeOvers, $"take-overs: {_takeOvers} (at least {ManyTakeOvers})"),
                (stepKills.Values.Min() >= KillsPerStep,
                    $"fewest kills at one of {stepKills.Count} steps: {stepKills.Values.Min()} (at least " +
                    $"{KillsPerStep})"),
            ];
        }

        output.WriteLine(string.Join(", ", stepKills.Select(step => $"{step.Key} {step.Value}")));
        foreach (string fault in _faults.Take(20))
        {
            output.WriteLine($"FAULT {fault}");
        }

        foreach ((bool holds, string claim) in claims)
        {
            output.WriteLine($"{(holds ? "ok  " : "FAIL")} {claim}");
        }

        int failed = claims.Count(claim => !claim.Holds);
        output.WriteLine($"{claims.Length - failed} passed, {failed} failed");
        return failed == 0;
    }

    private void CollectLine(string line)
    {
        string[] words = line.Split(' ');
        switch (words)
        {
            case ["fault", ..]:
                _faults.Add(line);
                break;
            case ["frames", _]:
                _frames += ConsumerRole.FramesPerLine;
                break;
            case ["end", _, var descriptors, var mappings] when descriptors is not "0" || mappings is not "0":
                _faults.Add($"a consumer that had ended kept {descriptors} descriptors and {mappings} mappings");
                break;
            case ["left", ..] when words[2] is "Evicted":
                _faults.Add($"an honest consumer was evicted: {line}");
                break;
        }
    }

    /// <summary>
    /// Checks that innocent consumers read every closed stream to its last frame, and that two which began at the same
    /// frame read the same frames.
    /// </summary>
    private void CompareStreams(IReadOnlyList<Actor> innocents)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string[] words in innocents.SelectMany(innocent => innocent.Lines()).Select(line => line.Split(' ')))
        {
            if (words is not ["left", var pool, "EndOfStream", var first, var last, var digest, var lost])
            {
                continue;
            }

            Expect(lost is "0", $"a blocking consumer lost {lost} frames of {pool}");
            if (_closed.TryGetValue(pool, out ulong published) && first is not "0")
            {
                Expect(ulong.Parse(last, CultureInfo.InvariantCulture) == published,
                    $"a blocking consumer read {pool} to {last} of {published}");
            }

            string range = $"{pool} {first} {last}";
            if (seen.TryGetValue(range, out string? other))
            {
                _comparedStreams++;
                Expect(other.Equals(digest, StringComparison.Ordinal),
                    $"two consumers read different frames of {range}");
            }

            seen[range] = digest;
        }
    }
}
