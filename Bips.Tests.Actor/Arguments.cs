using System.Globalization;
using Bips.Signaler;

namespace Bips.Tests.Actor;

/// <summary>The <c>key=value</c> words of a command.</summary>
public sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public Arguments(IEnumerable<string> words)
    {
        foreach (string word in words)
        {
            int at = word.IndexOf('=', StringComparison.Ordinal);
            _values[word[..at]] = word[(at + 1)..];
        }
    }

    public string Text(string key, string otherwise = "") => _values.GetValueOrDefault(key, otherwise);

    public int Number(string key, int otherwise = 0) =>
        _values.TryGetValue(key, out string? value) ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Milliseconds; -1 for ever.</summary>
    public TimeSpan Time(string key, int otherwise = 0) => TimeSpan.FromMilliseconds(Number(key, otherwise));

    public PoolOptions PoolOptions() => new()
    {
        BufferSize = Number("size", 1024),
        BufferCount = Number("buffers", 8),
        History = Number("history", 1),
        WriteLeases = Number("leases", 1),
        MetadataSize = Number("metadata"),
        MaximumConsumers = Number("consumers", 16),
        Format = Text("format", "application/x-test"),
        WaitMode = Enum.Parse<WaitMode>(Text("mode", nameof(WaitMode.Balanced))),
        EvictStalledAfter = Number("evict") is > 0 and var evict ? TimeSpan.FromMilliseconds(evict) : null,
        Directory = Text("directory", new PoolOptions { BufferSize = 1 }.Directory),
        Mode = (UnixFileMode)Convert.ToInt32(Text("access", "640"), 8),
        GroupId = Number("group", -1) is >= 0 and var group ? (uint)group : null,
    };

    public ConsumerOptions ConsumerOptions() => new()
    {
        Overflow = OverflowPolicy.Parse(Text("overflow", "block"), CultureInfo.InvariantCulture),
        MaximumHeld = Number("held", 1),
        History = Number("history", -1) is >= 0 and var history ? history : null,
        WaitMode = Enum.Parse<WaitMode>(Text("mode", nameof(WaitMode.Balanced))),
        WaitForPool = Time("wait-for-pool"),
        ProducerGrace = Time("grace"),
        Directory = Text("directory", new ConsumerOptions().Directory),
    };
}
