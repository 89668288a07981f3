using Bips.Errors;
using Bips.Memory;
using Bips.Signaler;

namespace Bips;

/// <summary>What a consumer asks for. Everything has a default.</summary>
public sealed record ConsumerOptions
{
    /// <summary>What happens when this consumer is slower than the producer.</summary>
    public OverflowPolicy Overflow { get; init; }

    /// <summary>
    /// How many frames may be held at once, at least 1. For a consumer that may lose frames it counts in the sizing
    /// rule.
    /// </summary>
    public int MaximumHeld { get; init; } = 1;

    /// <summary>
    /// How many of the frames published before the attach are wanted; null for all that the pool keeps.
    /// </summary>
    public int? History { get; init; }

    /// <summary>How <see cref="Consumer.Pull(out ReadLease)"/> waits.</summary>
    public WaitMode WaitMode { get; init; }

    /// <summary>
    /// How long to wait for a pool that does not exist yet, or whose producer died; zero for not at all.
    /// </summary>
    public TimeSpan WaitForPool { get; init; }

    /// <summary>
    /// How long a pull goes on waiting for a successor when the producer died, before it returns
    /// <see cref="PullStatus.ProducerLost"/>.
    /// </summary>
    public TimeSpan ProducerGrace { get; init; }

    /// <summary>Reads the pool's pages in at attach, so that the first frames cost no page faults.</summary>
    public bool Prefault { get; init; } = true;

    /// <summary>Directory of the pool's objects; see <see cref="PoolOptions.Directory"/>.</summary>
    public string Directory { get; init; } = PoolPlace.DefaultDirectory;

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range, whatever the pool.</exception>
    internal void ThrowIfInvalid()
    {
        OptionCheck.InRange(MaximumHeld, 1, int.MaxValue, nameof(MaximumHeld));
        OptionCheck.InRange(History ?? 0, 0, int.MaxValue, nameof(History));
        OptionCheck.NotNegative(ProducerGrace, nameof(ProducerGrace));
        OptionCheck.NotNegative(WaitForPool, nameof(WaitForPool));
    }

    /// <exception cref="ArgumentOutOfRangeException">More frames are to be held than the pool has buffers.</exception>
    internal void ThrowIfInvalid(int bufferCount) =>
        OptionCheck.AtMost(MaximumHeld, bufferCount, nameof(MaximumHeld),
            $"{MaximumHeld} frames are to be held at once, and the pool has {bufferCount} buffers.");
}
