namespace Bips.Benchmarks.Harness;

/// <summary>What one process of a trial found out in all of its turns.</summary>
internal sealed class Ledger
{
    private readonly Dictionary<string, (Histogram Times, double Divisor)> _times = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (double Numerator, double Denominator)> _quotients =
        new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _numbers = new(StringComparer.Ordinal);

    /// <summary>The percentiles that are reported.</summary>
    public static IReadOnlyList<double> Percentiles { get; } = [50, 90, 99, 99.9];

    /// <summary>Where the times of a section go, whatever the turn.</summary>
    /// <param name="section">Their name; percentiles are reported as <c>name.p50</c> and so on.</param>
    /// <param name="divisor">Two for round trips of which one way is wanted.</param>
    public Histogram TimesOf(string section, double divisor = 1)
    {
        if (!_times.TryGetValue(section, out (Histogram Times, double Divisor) known))
        {
            known = (new Histogram(), divisor);
            _times.Add(section, known);
        }

        return known.Times;
    }

    /// <summary>
    /// Adds one turn's share of a quotient, such as frames and seconds of frames per second.
    /// </summary>
    public void AddQuotient(string name, double numerator, double denominator)
    {
        (double numerators, double denominators) = _quotients.GetValueOrDefault(name);
        _quotients[name] = (numerators + numerator, denominators + denominator);
    }

    /// <summary>Adds to a number.</summary>
    public void Add(string name, double value) => _numbers[name] = _numbers.GetValueOrDefault(name) + value;

    /// <summary>Keeps the largest of several.</summary>
    public void KeepLargest(string name, double value) =>
        _numbers[name] = Math.Max(_numbers.GetValueOrDefault(name, value), value);

    /// <summary>Everything, as names and values.</summary>
    public IEnumerable<(string Name, double Value)> Entries()
    {
        foreach ((string section, (Histogram times, double divisor)) in _times)
        {
            foreach (double percent in Percentiles)
            {
                yield return (FormattableString.Invariant($"{section}.p{percent}"),
                    times.Percentile(percent) / divisor);
            }

            foreach (double percentile in Distribution.Points.Where(point => Distribution.IsKnown(point, times.Count)))
            {
                yield return (Distribution.KeyOf(section, percentile), times.Percentile(percentile) / divisor);
            }

            yield return ($"{section}.max", times.Maximum / divisor);
            yield return ($"{section}.count", times.Count);
        }

        foreach ((string name, (double numerator, double denominator)) in _quotients)
        {
            yield return (name, numerator / denominator);
        }

        foreach ((string name, double value) in _numbers)
        {
            yield return (name, value);
        }
    }
}
