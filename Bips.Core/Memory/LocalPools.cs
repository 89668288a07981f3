using Bips.Signaler.Waiting;

namespace Bips.Memory;

/// <summary>
/// The mappings of the pools that this process produces. Its own consumers read ring and state through them, because a
/// processor that finds cache lines by their virtual address takes longer where a line was written at another address
/// of the same memory.
/// </summary>
/// <remarks>Thread-safe. It keeps no mapping alive.</remarks>
internal static class LocalPools
{
    private static readonly Lock s_gate = new();
    private static readonly Dictionary<WordIdentity, WeakReference<Mapping>> s_mappings = [];

    /// <summary>Offers a producer's mapping until <see cref="Forget"/>.</summary>
    public static void Offer(WordIdentity pool, Mapping mapping)
    {
        lock (s_gate)
        {
            s_mappings[pool] = new WeakReference<Mapping>(mapping);
        }
    }

    /// <summary>Ends an offer, before the mapping is disposed; shares that were taken stay good.</summary>
    public static void Forget(WordIdentity pool)
    {
        lock (s_gate)
        {
            s_mappings.Remove(pool);
        }
    }

    /// <returns>
    /// A share of the producer's mapping, for the caller to dispose; null when the producer is in another process.
    /// </returns>
    public static Mapping? TryShare(WordIdentity pool)
    {
        lock (s_gate)
        {
            return s_mappings.TryGetValue(pool, out WeakReference<Mapping>? weak) &&
                weak.TryGetTarget(out Mapping? mapping)
                ? mapping.Share()
                : null;
        }
    }
}
