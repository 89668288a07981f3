using Bips.Signaler;

namespace Bips.Benchmarks.Stations;

/// <summary>How a stream goes through a pool, as the name of its section says.</summary>
/// <param name="Mode">How both sides wait.</param>
/// <param name="Policy">What slow consumers lose.</param>
/// <param name="Timestamp">What the producer pushes with; null for the push to read the clock.</param>
internal readonly record struct PoolChoice(WaitMode Mode, OverflowPolicy Policy, long? Timestamp)
{
    /// <param name="section">For example <c>pool/Spin/Block</c>, or <c>pool/Spin/Block/supplied</c>.</param>
    public static PoolChoice From(string section)
    {
        string[] parts = section.Split('/');
        OverflowPolicy policy = Enum.Parse<OverflowKind>(parts[2]) switch
        {
            OverflowKind.DropOldest => OverflowPolicy.DropOldest,
            OverflowKind.Latest => OverflowPolicy.Latest(),
            _ => OverflowPolicy.Block,
        };
        return new(Enum.Parse<WaitMode>(parts[1]), policy, parts.Length > 3 ? 1 : null);
    }
}
