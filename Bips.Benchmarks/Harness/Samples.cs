namespace Bips.Benchmarks.Harness;

/// <summary>What the processes of a trial reported, repetition by repetition.</summary>
/// <param name="scenario">Which sub-command asked for the trial.</param>
/// <param name="definition">
/// What was done, in the words of <see cref="Trial.Definition"/>; empty for samples that were put together from others.
/// </param>
internal sealed class Samples(string scenario, IReadOnlyDictionary<string, string>? definition = null)
{
    private const string Middle = ".p50";

    private readonly List<IReadOnlyDictionary<string, double>> _repetitions = [];

    /// <summary>Adds one repetition.</summary>
    public void Add(IReadOnlyDictionary<string, double> values) => _repetitions.Add(values);

    /// <summary>One number of one repetition, from 0.</summary>
    public double this[int repetition, string key] => Value(_repetitions[repetition], key);

    /// <summary>One reported number.</summary>
    public Spread Of(string key) => Spread.Of(_repetitions.Select(values => Value(values, key)));

    /// <summary>The sum of the numbers whose name begins and ends so.</summary>
    public Spread SumOf(string prefix, string suffix) => Spread.Of(_repetitions.Select(values => values
        .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) &&
            pair.Key.EndsWith(suffix, StringComparison.Ordinal))
        .Sum(pair => pair.Value)));

    /// <summary>
    /// The same samples with one more section: in each repetition the best of several sections, chosen by one of its
    /// numbers.
    /// </summary>
    /// <param name="name">What the best one is called.</param>
    /// <param name="sections">Which to choose from.</param>
    /// <param name="key">Which number decides, for example <c>p50</c>.</param>
    /// <param name="isLargest">Whether the largest is the best, else the smallest.</param>
    public Samples WithBest(string name, IReadOnlyCollection<string> sections, string key, bool isLargest)
    {
        var chosen = new Samples(scenario, definition);
        foreach (IReadOnlyDictionary<string, double> values in _repetitions)
        {
            string best = isLargest
                ? sections.MaxBy(section => Value(values, $"{section}.{key}"))!
                : sections.MinBy(section => Value(values, $"{section}.{key}"))!;
            var all = new Dictionary<string, double>(values, StringComparer.Ordinal);
            foreach ((string full, double value) in values.Where(pair =>
                pair.Key.StartsWith($"{best}.", StringComparison.Ordinal)))
            {
                all[name + full[best.Length..]] = value;
            }

            chosen.Add(all);
        }

        return chosen;
    }

    /// <summary>The same with another number in each repetition.</summary>
    public Samples With(string name, Func<Func<string, double>, double> compute)
    {
        var more = new Samples(scenario, definition);
        foreach (IReadOnlyDictionary<string, double> values in _repetitions)
        {
            more.Add(new Dictionary<string, double>(values, StringComparer.Ordinal)
            {
                [name] = compute(key => Value(values, key)),
            });
        }

        return more;
    }

    /// <summary>
    /// Names of the sections that were the best in some repetition: there, a number of theirs equals that of the best.
    /// </summary>
    public string Winner(string name, IReadOnlyCollection<string> sections, string key) => string.Join(" or ", sections
        .Where(section =>
            _repetitions.Exists(values => Value(values, $"{section}.{key}").Equals(Value(values, $"{name}.{key}")))));

    /// <summary>A figure beside its limit.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="key">Bips' number.</param>
    /// <param name="limitKey">The limit's number.</param>
    /// <param name="limitName">What the limit is.</param>
    /// <param name="target">What the ratio is to be.</param>
    public Figure Beside(string name, string unit, string key, string limitKey, string limitName,
        Target? target = null) => new()
        {
            Scenario = scenario,
            Name = name,
            Unit = unit,
            Bips = Of(key),
            LimitName = limitName,
            Limit = Of(limitKey),
            Ratio = Spread.Of(_repetitions.Select(values => Value(values, key) / Value(values, limitKey))),
            Target = target,
            Definition = Define(key, limitKey),
            Distribution = DistributionOf(key, limitKey),
        };

    /// <summary>A figure that stands alone.</summary>
    public Figure Alone(string name, string unit, Spread value, Target? target = null) => new()
    {
        Scenario = scenario,
        Name = name,
        Unit = unit,
        Bips = value,
        Target = target,
        Definition = definition ?? new Dictionary<string, string>(StringComparer.Ordinal),
    };

    private SortedDictionary<string, string> Define(string key, string limitKey)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["bips"] = key, ["limit"] = limitKey };
        foreach ((string word, string value) in definition ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            all[word] = value;
        }

        return all;
    }

    /// <summary>
    /// The curves that belong to two medians; null if the keys are not medians, or if the processes reported no curves.
    /// </summary>
    private Distribution? DistributionOf(string key, string limitKey)
    {
        if (!key.EndsWith(Middle, StringComparison.Ordinal) || !limitKey.EndsWith(Middle, StringComparison.Ordinal))
        {
            return null;
        }

        string section = key[..^Middle.Length];
        string limit = limitKey[..^Middle.Length];
        double[] known =
            [.. Distribution.Points.Where(point => IsReported(section, point) && IsReported(limit, point))];
        return known.Length == 0 ? null : new Distribution(known, Curve(section, known), Curve(limit, known));
    }

    private bool IsReported(string section, double percentile) =>
        _repetitions.TrueForAll(values => values.ContainsKey(Distribution.KeyOf(section, percentile)));

    private double[] Curve(string section, double[] percentiles) =>
        [.. percentiles.Select(percentile => Of(Distribution.KeyOf(section, percentile)).Median)];

    private static double Value(IReadOnlyDictionary<string, double> values, string key) =>
        values.TryGetValue(key, out double value)
        ? value
        : throw new InvalidOperationException($"No process of the trial reported '{key}'.");
}
