using System.Globalization;
using System.Text.RegularExpressions;

namespace Bips.Tests.Interfaces;

/// <summary>Options that nobody sets mean the same in every language; those of the library decide.</summary>
public sealed class DefaultTests
{
    private static readonly PoolOptions s_pool = new() { BufferSize = 4096 };
    private static readonly ConsumerOptions s_consumer = new();

    [Test]
    public void Producer_in_c() => Assert.That(CHeader.Defaults("bips_producer_options"), Is.EquivalentTo(
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["size"] = "(uint32_t)sizeof(bips_producer_options)",
            ["buffer_count"] = Text(s_pool.BufferCount),
            ["buffer_size"] = "buffer_size",
            ["history"] = Text(s_pool.History),
            ["maximum_consumers"] = Text(s_pool.MaximumConsumers),
            ["write_leases"] = Text(s_pool.WriteLeases),
            ["metadata_size"] = Text(s_pool.MetadataSize),
            ["wait_mode"] = $"BIPS_WAIT_{s_pool.WaitMode}".ToUpperInvariant(),
            ["mode"] = $"0{Octal(s_pool.Mode)}",
            ["evict_stalled_after"] = s_pool.EvictStalledAfter is null ? "0" : "another",
            ["owner"] = s_pool.OwnerId is null ? "-1" : "another",
            ["group"] = s_pool.GroupId is null ? "-1" : "another",
            ["huge_pages"] = s_pool.HugePages ? "1" : "0",
            ["lock_memory"] = s_pool.LockMemory ? "1" : "0",
            ["format"] = "NULL",
            ["directory"] = "NULL",
        }));

    [Test]
    public void Consumer_in_c() => Assert.That(CHeader.Defaults("bips_consumer_options"), Is.EquivalentTo(
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["size"] = "(uint32_t)sizeof(bips_consumer_options)",
            ["overflow"] = $"BIPS_{SourceText.Snake($"{s_consumer.Overflow.Kind}")}".ToUpperInvariant(),
            ["depth"] = "0",
            ["maximum_held"] = Text(s_consumer.MaximumHeld),
            ["history"] = s_consumer.History is null ? "-1" : "another",
            ["wait_for_pool"] = Text(s_consumer.WaitForPool.Ticks),
            ["producer_grace"] = Text(s_consumer.ProducerGrace.Ticks),
            ["wait_mode"] = $"BIPS_WAIT_{s_consumer.WaitMode}".ToUpperInvariant(),
            ["skip_prefault"] = s_consumer.Prefault ? "0" : "1",
            ["directory"] = "NULL",
        }));

    [TestCase("bips_producer_options", "producer_options(std::uint64_t buffer_size)", "(buffer_size)")]
    [TestCase("bips_consumer_options", "consumer_options()", "()")]
    public void Cpp_starts_from_those_of_c(string name, string constructor, string arguments) => Assert.That(
        SourceText.Read("native/include/bips/bips.hpp"),
        Does.Match($@"{Regex.Escape(constructor)} noexcept\s+: options_\({name}_default{Regex.Escape(arguments)}\)"));

    /// <summary>Both the signature that a type checker sees and the one that runs.</summary>
    [TestCase("__init__")]
    [TestCase("_create")]
    public void Producer_in_python(string method) => Assert.That(
        PythonDefaults("_producer.py", method), Is.EquivalentTo(
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["buffer_count"] = Text(s_pool.BufferCount),
            ["history"] = Text(s_pool.History),
            ["maximum_consumers"] = Text(s_pool.MaximumConsumers),
            ["write_leases"] = Text(s_pool.WriteLeases),
            ["metadata_size"] = Text(s_pool.MetadataSize),
            ["format"] = $"\"{s_pool.Format}\"",
            ["wait_mode"] = $"_pool.WaitMode.{$"{s_pool.WaitMode}".ToUpperInvariant()}",
            ["evict_stalled_after"] = s_pool.EvictStalledAfter is null ? "None" : "another",
            ["mode"] = $"0o{Octal(s_pool.Mode)}",
            ["owner"] = s_pool.OwnerId is null ? "None" : "another",
            ["group"] = s_pool.GroupId is null ? "None" : "another",
            ["huge_pages"] = $"{s_pool.HugePages}",
            ["lock_memory"] = $"{s_pool.LockMemory}",
            ["directory"] = "None",
        }));

    /// <inheritdoc cref="Producer_in_python"/>
    [TestCase("__init__")]
    [TestCase("_attach")]
    public void Consumer_in_python(string method) => Assert.That(
        PythonDefaults("_consumer.py", method), Is.EquivalentTo(
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["overflow"] = $"_pool.Overflow.{SourceText.Snake($"{s_consumer.Overflow.Kind}").ToUpperInvariant()}",
            ["depth"] = "1",
            ["maximum_held"] = Text(s_consumer.MaximumHeld),
            ["history"] = s_consumer.History is null ? "None" : "another",
            ["wait_for_pool"] = Seconds(s_consumer.WaitForPool),
            ["producer_grace"] = Seconds(s_consumer.ProducerGrace),
            ["wait_mode"] = $"_pool.WaitMode.{$"{s_consumer.WaitMode}".ToUpperInvariant()}",
            ["prefault"] = $"{s_consumer.Prefault}",
            ["directory"] = "None",
        }));

    private static Dictionary<string, string> PythonDefaults(string file, string method) => SourceText
        .Find(SourceText.Between(SourceText.Read($"python/bips/{file}"), $"    def {method}(\n", ") -> None:"),
            @"^        (?<name>\w+): .* = (?<value>.*),$")
        .ToDictionary(option => option["name"].Value, option => option["value"].Value, StringComparer.Ordinal);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8);
}
