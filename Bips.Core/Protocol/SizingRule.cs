using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;
using Microsoft.Win32.SafeHandles;

namespace Bips.Protocol;

/// <summary>
/// The rule that leaves the producer a buffer whatever consumers hold: buffers > write leases + history + the quotas
/// that count.
/// </summary>
/// <remarks>
/// The quotas of consumers that may lose frames count, because the producer does not wait for them. In a pool that
/// evicts the stalled all quotas count, because an evicted consumer keeps what it holds.
/// </remarks>
internal static class SizingRule
{
    /// <summary>How many buffers all consumers whose quota counts may hold together.</summary>
    public static int Allowance(PoolGeometry geometry) =>
        geometry.BufferCount - geometry.WriteLeases - geometry.History - 1;

    /// <summary>Most buffers that one consumer can have been allowed to hold.</summary>
    public static int LargestQuota(uint kind, PoolGeometry geometry) =>
        OverflowPolicy.CountsInSizingRule(kind, geometry.EvictsStalled) ? Allowance(geometry) : geometry.BufferCount;

    /// <summary>Checks the sizes of a new pool, which nobody reads yet.</summary>
    /// <exception cref="BipsException"><see cref="BipsError.PoolTooSmall"/>, with the rule and the numbers.</exception>
    public static void CheckPool(PoolGeometry geometry)
    {
        if (Allowance(geometry) < 0)
        {
            throw new BipsException(BipsError.PoolTooSmall,
                $"{geometry.BufferCount} buffers are too few: the rule is buffers > write leases + history + what " +
                $"consumers that may lose frames hold, and here {geometry.BufferCount} > {geometry.WriteLeases} + " +
                $"{geometry.History} + 0 does not hold. Ask for at least " +
                $"{geometry.WriteLeases + geometry.History + 1} buffers, and one more for each frame that such " +
                "consumers hold.");
        }
    }

    /// <summary>Checks the rule with one more consumer in the pool.</summary>
    /// <remarks>
    /// A joiner checks before it makes its lane active and again after. Two that join at the same time may both be
    /// refused, never both admitted: each has made its lane active before it looks at the other's.
    /// </remarks>
    /// <param name="policy">Of the joiner.</param>
    /// <param name="quota">How many buffers it is to hold.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="lanes">The lanes object, open for reading.</param>
    /// <param name="own">The joiner's lane.</param>
    /// <exception cref="BipsException"><see cref="BipsError.PoolTooSmall"/>, with the rule and the numbers.</exception>
    public static void CheckJoiner(
        OverflowPolicy policy, int quota, PoolMemory pool, SafeFileHandle lanes, int own)
    {
        PoolGeometry geometry = pool.Geometry;
        if (!OverflowPolicy.CountsInSizingRule((uint)policy.Kind, geometry.EvictsStalled))
        {
            return;
        }

        long others = SumOfQuotas(pool, lanes, own);
        if (quota + others > Allowance(geometry))
        {
            string who = geometry.EvictsStalled ? "consumers" : "consumers that may lose frames";
            throw new BipsException(BipsError.PoolTooSmall,
                $"The pool is too small for one more consumer that holds {quota}: the rule is buffers > write leases " +
                $"+ history + what {who} hold, and here {geometry.BufferCount} > {geometry.WriteLeases} + " +
                $"{geometry.History} + ({others} + {quota}) does not hold. Create the pool with at least " +
                $"{geometry.WriteLeases + geometry.History + others + quota + 1} buffers, or hold fewer.");
        }
    }

    private static long SumOfQuotas(PoolMemory pool, SafeFileHandle lanes, int own)
    {
        PoolGeometry geometry = pool.Geometry;
        long sum = 0;
        for (int number = 0; number < geometry.LaneCount; number++)
        {
            if (number != own && LanesMemory.TryRead(lanes, geometry, number, out Lane other) &&
                other.State != (uint)LaneState.Free &&
                !IsBroken(pool.Control, number, other.Incarnation) &&
                OverflowPolicy.CountsInSizingRule(other.Policy, geometry.EvictsStalled) &&
                LivenessLock.IsHeldElsewhere(lanes, number))
            {
                sum += Math.Min(other.Quota, (uint)geometry.BufferCount);
            }
        }

        return sum;
    }

    /// <summary>Whether the producer has found a lane broken: then nothing in it counts, nor does its quota.</summary>
    private static unsafe bool IsBroken(ControlWords control, int lane, ulong incarnation) =>
        control.Directives[lane].EvictedIncarnation == incarnation &&
        control.Directives[lane].EvictionReason == EvictionReason.Broken;
}
