using System.Numerics;
using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;

namespace Bips.Protocol;

/// <summary>Reads what consumers say in their lanes and judges it, without changing anything.</summary>
/// <remarks>
/// Lanes are hostile input: each word is copied once and then checked. One thread at a time, because the copy of the
/// held bytes is kept here.
/// </remarks>
internal sealed unsafe class LaneJudge
{
    /// <summary>How often a lane may change hands while it is read: far more than joiners ever manage.</summary>
    public const int MostChanges = 64;

    private readonly LaneDirective* _directives;
    private readonly LanesMemory _lanes;
    private readonly PoolGeometry _geometry;

    /// <summary>The held bytes of the lane that was read last, in words, as lanes are read.</summary>
    private readonly ulong[] _held;

    /// <summary>The same of the look before, while a lane seems to hold too much.</summary>
    private readonly ulong[] _heldBefore;

    /// <summary>How many looks a lane gets that changes while it is read: more than it has frames to take.</summary>
    private readonly int _attempts;

    public LaneJudge(ControlWords control, LanesMemory lanes, PoolGeometry geometry)
    {
        _directives = control.Directives;
        _lanes = lanes;
        _geometry = geometry;
        _held = new ulong[HeldBytes.WordCount(geometry.BufferCount)];
        _heldBefore = new ulong[_held.Length];
        _attempts = geometry.BufferCount + MostChanges + 1;
    }

    /// <summary>Of the lane that was judged last: one byte per buffer, 1 where its consumer holds it.</summary>
    public ReadOnlySpan<ulong> Held => _held;

    /// <summary>Whether nobody has this lane, for which one word is enough to look at.</summary>
    public bool IsFree(int k) => _lanes[k]->State == (uint)LaneState.Free;

    /// <summary>Copies what a lane says, once, and judges the copy.</summary>
    /// <param name="k">The lane.</param>
    /// <param name="published">The newest sequence.</param>
    /// <param name="snapshot">
    /// The copy. Of a consumer that was evicted because it stalled it says that it leaves.
    /// </param>
    /// <param name="fault">What is wrong with it, where it is broken.</param>
    public LaneStanding Judge(int k, ulong published, out LaneSnapshot snapshot, out LaneFault fault)
    {
        LaneSnapshot before = default;
        snapshot = default;
        int changes = 0;
        for (int attempt = 0; attempt < _attempts; attempt++)
        {
            if (!TryCopy(k, out snapshot))
            {
                if (snapshot.State == (uint)LaneState.Free)
                {
                    fault = LaneFault.None;
                    return LaneStanding.Free;
                }

                if (++changes == MostChanges)
                {
                    fault = LaneFault.Changes;
                    return LaneStanding.Broken;
                }

                continue;
            }

            LaneStanding standing = JudgeCopy(k, published, ref snapshot, out fault);
            if (standing != LaneStanding.Heeded || snapshot.HeldCount <= snapshot.MostHeldSeen)
            {
                return standing;
            }

            if (IsOverdrawn(k, in before, in snapshot))
            {
                break;
            }

            before = snapshot;
            _held.CopyTo(_heldBefore, 0);
        }

        fault = LaneFault.Overdrawn;
        return LaneStanding.Broken;
    }

    /// <summary>Describes every lane that a live consumer uses and has finished joining.</summary>
    public IReadOnlyList<ConsumerStatus> Describe(ulong published)
    {
        var consumers = new List<ConsumerStatus>();
        for (int k = 0; k < _geometry.LaneCount; k++)
        {
            bool heeded = Judge(k, published, out LaneSnapshot lane, out _) == LaneStanding.Heeded;
            if (lane.State == (uint)LaneState.Free || lane.ProcessId == 0 ||
                !LivenessLock.IsHeldElsewhere(_lanes.File, k))
            {
                continue;
            }

            bool evicted = !heeded || _directives[k].EvictedIncarnation == lane.Incarnation;
            consumers.Add(new ConsumerStatus(k, (int)lane.ProcessId, (OverflowKind)lane.Policy,
                lane.Cursor <= published ? published + 1 - lane.Cursor : 0, lane.HeldCount,
                _lanes[k]->Taken, _lanes[k]->Lost, evicted));
        }

        return consumers;
    }

    /// <summary>Whether any lane is read from; a killed consumer's is until it is reaped.</summary>
    public bool HasConsumers()
    {
        for (int k = 0; k < _geometry.LaneCount; k++)
        {
            if (_lanes[k]->State == (uint)LaneState.Active &&
                _lanes[k]->Incarnation != _directives[k].EvictedIncarnation)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether two looks prove that a lane holds too much. With its cursor unmoved from before the first look to after
    /// the second, nothing was taken between them. So what both saw was held all the while, but for one that is being
    /// taken. A consumer that keeps moving comes to the newest frame before the attempts are used up.
    /// </summary>
    private bool IsOverdrawn(int k, in LaneSnapshot before, in LaneSnapshot now)
    {
        if (before.Incarnation != now.Incarnation || _lanes[k]->Cursor != before.Cursor)
        {
            return false;
        }

        int both = 0;
        for (int i = 0; i < _held.Length; i++)
        {
            both += BitOperations.PopCount(_held[i] & _heldBefore[i]);
        }

        return both > now.MostHeldSeen;
    }

    /// <returns>
    /// False when the lane is free, or changed hands meanwhile: then what was read is a mixture of two uses.
    /// </returns>
    private bool TryCopy(int k, out LaneSnapshot snapshot)
    {
        Lane* lane = _lanes[k];
        snapshot = LaneSnapshot.Of(ref *lane);
        if (snapshot.State == (uint)LaneState.Free)
        {
            return false;
        }

        CopyHeld(Lane.HeldOf(lane), ref snapshot);
        return lane->State == snapshot.State && lane->Incarnation == snapshot.Incarnation;
    }

    /// <summary>Reads the held bytes, each word once and after the cursor.</summary>
    private void CopyHeld(HeldBytes held, ref LaneSnapshot snapshot)
    {
        for (int i = 0; i < _held.Length; i++)
        {
            ulong word = held.Word(i); // step: scan_held
            CrashPoint.Reached("scan_held");
            _held[i] = word;
            snapshot.HeldCount += HeldBytes.CountIn(word);
            snapshot.StrayBits |= word & ~HeldBytes.ValidBits;
        }
    }

    /// <remarks>
    /// A stalled consumer keeps what it holds, so its held bytes still count and are still not believed.
    /// </remarks>
    private LaneStanding JudgeCopy(int k, ulong published, ref LaneSnapshot snapshot, out LaneFault fault)
    {
        LaneDirective* directive = _directives + k;
        EvictionReason evicted = directive->EvictedIncarnation == snapshot.Incarnation
            ? directive->EvictionReason
            : EvictionReason.None;
        fault = evicted == EvictionReason.Broken ? LaneFault.None : snapshot.FindFault(_geometry, published);
        if (fault != LaneFault.None)
        {
            return LaneStanding.Broken;
        }

        if (evicted != EvictionReason.None)
        {
            snapshot.State = (uint)LaneState.Leaving;
        }

        return evicted == EvictionReason.Broken ? LaneStanding.Evicted : LaneStanding.Heeded;
    }
}
