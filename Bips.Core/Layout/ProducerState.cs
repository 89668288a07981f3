using System.Runtime.InteropServices;
using Bips.Signaler;

#pragma warning disable IDE0044 // the semaphores of the signaler write some words, through their addresses

namespace Bips.Layout;

/// <summary>The words of the pool object that change. The producer alone writes them, everybody reads them.</summary>
/// <remarks>A crash leaves each of them as it was; a take-over goes on from there.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 0x180)]
internal unsafe struct ProducerState
{
    /// <summary>
    /// Sequence of the newest frame. It is stored after its ring entry, so it may lag one behind the ring.
    /// </summary>
    [FieldOffset(0x00)] private ulong _published;

    /// <summary>Futex word on which consumers sleep: one more after each push, close, eviction and take-over.</summary>
    [FieldOffset(0x08)] private uint _signal;

    /// <summary>Non-zero while the producer sleeps, or is about to, until a buffer is given back.</summary>
    [FieldOffset(0x80)] private uint _waiting;

    /// <summary>A <see cref="PoolState"/>, stored after what it speaks of.</summary>
    [FieldOffset(0x84)] private uint _state;

    /// <summary>Number of producers that this pool has had, stored under the producer's lock.</summary>
    [FieldOffset(0x88)] private uint _epoch;

    /// <summary>Process id of the producer in its own PID namespace: for messages only, never for decisions.</summary>
    [FieldOffset(0x8C)] private uint _processId;

    /// <summary>First sequence of this epoch: joiners never see a frame of an earlier producer.</summary>
    [FieldOffset(0x90)] private ulong _epochStart;

    /// <summary>Number of lanes taken back from dead consumers.</summary>
    [FieldOffset(0x100)] private ulong _reaped;

    /// <summary>Number of consumers evicted because they stalled.</summary>
    [FieldOffset(0x108)] private ulong _evictedStalled;

    /// <summary>Number of consumers evicted because their lane held an impossible value.</summary>
    [FieldOffset(0x110)] private ulong _evictedBroken;

    /// <summary>Number of times the producer found no free buffer and had to wait.</summary>
    [FieldOffset(0x118)] private ulong _waits;

    /// <summary>
    /// Sequence of the newest frame. Pushes store it through <see cref="Broadcast"/>, a take-over here.
    /// </summary>
    public ulong Published
    {
        readonly get => Ordering.LoadAcquire(in _published); // sync: posted
        set => Ordering.StoreRelease(ref _published, value); // sync: posted
    }

    /// <summary>Where the pool is in its life.</summary>
    public PoolState State
    {
        readonly get => (PoolState)Ordering.LoadAcquire(in _state); // sync: ready, sync: state
        set => Ordering.StoreRelease(ref _state, (uint)value); // sync: ready, sync: state
    }

    /// <summary>Whether the producer sleeps, or is about to, until a buffer is given back.</summary>
    public readonly bool IsWaiting => Ordering.LoadAcquire(in _waiting) != 0; // sync: doorbell

    /// <summary>First sequence that a joiner may take.</summary>
    public ulong EpochStart
    {
        readonly get => Ordering.LoadAcquire(in _epochStart); // sync: epoch
        set => Ordering.StoreRelease(ref _epochStart, value); // sync: epoch
    }

    /// <summary>Number of producers so far.</summary>
    public readonly uint Epoch => Ordering.LoadAcquire(in _epoch); // sync: epoch

    /// <summary>The producer's process id as it wrote it.</summary>
    public readonly uint ProcessId => Ordering.LoadAcquire(in _processId); // sync: statistics

    /// <summary>What was counted under all producers of this pool.</summary>
    public readonly ProducerCounts Counts => new(
        Epoch,
        Published,
        Ordering.LoadAcquire(in _waits), // sync: statistics
        Ordering.LoadAcquire(in _reaped), // sync: statistics
        Ordering.LoadAcquire(in _evictedStalled), // sync: statistics
        Ordering.LoadAcquire(in _evictedBroken)); // sync: statistics

    /// <summary>
    /// The semaphore on which consumers sleep: <c>Published</c>, <c>Signal</c> and the sleepers' bell.
    /// </summary>
    public static BroadcastSemaphore Broadcast(ProducerState* state, Doorbells* bells) =>
        new(&state->_published, &state->_signal, Doorbells.SleeperBellOf(bells)); // sync: posted, sync: sleep

    /// <summary>The semaphore on which the producer sleeps: <c>Waiting</c> and the producer's bell.</summary>
    public static DoorbellSemaphore Doorbell(ProducerState* state, Doorbells* bells) =>
        new(&state->_waiting, Doorbells.ProducerBellOf(bells)); // sync: doorbell

    /// <summary>Has consumers look again, for who cannot read their bell: sleepers find the word changed.</summary>
    public void RaiseSignal() => Ordering.StoreRelease(ref _signal, _signal + 1); // sync: sleep

    /// <summary>Wakes all consumers that sleep.</summary>
    public readonly void WakeSleepers() => Futex.Wake(in _signal); // sync: sleep

    /// <summary>Makes this process the producer, after everything that its consumers must find.</summary>
    public void BeginEpoch(int processId)
    {
        Ordering.StoreRelease(ref _processId, (uint)processId); // sync: statistics
        Ordering.StoreRelease(ref _epoch, Epoch + 1); // sync: epoch
    }

    /// <summary>Counts a pull that had to wait.</summary>
    public void CountWait() => Ordering.StoreRelease(ref _waits, _waits + 1); // sync: statistics

    /// <summary>Counts a lane that was taken back from a dead consumer.</summary>
    public void CountReaped() => Ordering.StoreRelease(ref _reaped, _reaped + 1); // sync: statistics

    /// <summary>Counts an eviction.</summary>
    public void CountEvicted(EvictionReason reason)
    {
        if (reason == EvictionReason.Stalled)
        {
            Ordering.StoreRelease(ref _evictedStalled, _evictedStalled + 1); // sync: statistics
        }
        else
        {
            Ordering.StoreRelease(ref _evictedBroken, _evictedBroken + 1); // sync: statistics
        }
    }
}
