using Bips.Layout;
using Bips.Memory;
using Bips.Signaler;
using Bips.Tests.Support;

namespace Bips.Tests.Hostile;

/// <summary>
/// Writes into the lanes of a pool what it likes, as a consumer does that went mad or was never sane.
/// </summary>
internal sealed unsafe class MadLane : IDisposable
{
    private readonly PoolMemory _pool;
    private readonly LanesMemory _lanes;
    private readonly int _number;

    /// <param name="name">The pool.</param>
    /// <param name="number">The lane to write.</param>
    public MadLane(string name, int number)
    {
        var place = new PoolPlace(name, "/dev/shm");
        _pool = PoolMemory.TryOpen(place, writable: false)!;
        _lanes = LanesMemory.TryOpen(_pool)!;
        _number = number;
    }

    public ulong Published => _pool.Control.State->Published;

    public ulong EvictedBroken => _pool.Control.State->Counts.EvictedBroken;

    public ulong EvictedStalled => _pool.Control.State->Counts.EvictedStalled;

    /// <summary>Writes made so far.</summary>
    public long Writes { get; private set; }

    private Lane* Lane => _lanes[_number];

    /// <summary>Takes the lane as a consumer would; only its words will be mad.</summary>
    public void Claim() => Assert.That(LivenessLock.TryAcquire(_lanes.File, _number), Is.True);

    /// <summary>Gives the lane back.</summary>
    public void Abandon()
    {
        Lane->State = (uint)LaneState.Free;
        LivenessLock.Release(_lanes.File, _number);
    }

    /// <summary>
    /// Makes the lane that of a sane consumer which has read everything up to <paramref name="cursor"/>.
    /// </summary>
    public void Join(OverflowKind policy, ulong cursor, ulong incarnation, uint quota = 1)
    {
        Lane->State = (uint)LaneState.Free;
        Bips.Layout.Lane.HeldOf(Lane).Clear(_pool.Geometry.BufferCount);
        SharedWord.Write(Lane, nameof(Bips.Layout.Lane.Policy), (uint)policy);
        SharedWord.Write(Lane, "Depth", 1);
        SharedWord.Write(Lane, nameof(Bips.Layout.Lane.Quota), quota);
        Lane->ProcessId = (uint)Environment.ProcessId;
        SharedWord.Write(Lane, nameof(Bips.Layout.Lane.Incarnation), incarnation);
        Lane->Cursor = cursor;
        Lane->State = (uint)LaneState.Active;
    }

    /// <summary>Writes one word of the lane.</summary>
    public void Write(string field, ulong value)
    {
        SharedWord.Write(Lane, field, value);
        Writes++;
    }

    /// <summary>Writes a new incarnation, over and over, without a pause.</summary>
    public void ChangeHandsUntil(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            SharedWord.Write(Lane, nameof(Bips.Layout.Lane.Incarnation), Lane->Incarnation + 2);
            Writes++;
        }
    }

    public void WriteHeld(int buffer, byte value)
    {
        Ordering.StoreRelease(ref ((byte*)Lane)[Bips.Layout.Lane.HeldOffset + buffer], value);
        Writes++;
    }

    /// <summary>Writes anything into any word of the lane or of the doorbells.</summary>
    public void WriteAnything(Random random)
    {
        const int doorbellsInEvery = 16;
        int laneBytes = Bips.Layout.Lane.HeldOffset + _pool.Geometry.BufferCount;
        bool doorbell = random.Next(doorbellsInEvery) == 0;
        byte* start = doorbell ? (byte*)_lanes.Doorbells : (byte*)Lane;
        int offset = random.Next((doorbell ? sizeof(Doorbells) : laneBytes) / sizeof(uint)) * sizeof(uint);
        ulong value = random.NextHostile(Published);
        switch (random.Next(3))
        {
            case 0 when offset % sizeof(ulong) == 0 && offset + sizeof(ulong) <= laneBytes:
                Ordering.StoreRelease(ref *(ulong*)(start + offset), value);
                break;
            case 1:
                Ordering.StoreRelease(ref start[offset + random.Next(sizeof(uint))], (byte)value);
                break;
            default:
                Ordering.StoreRelease(ref *(uint*)(start + offset), (uint)value);
                break;
        }

        Writes++;
    }

    public void Dispose()
    {
        _lanes.Dispose();
        _pool.Dispose();
    }
}
