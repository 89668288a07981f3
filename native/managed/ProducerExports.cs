using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Layout;
using Bips.Native.Abi;

namespace Bips.Native;

/// <summary>The producer's functions of <c>bips.h</c>. None of them lets an exception out.</summary>
[SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "An exception that left would end the host.")]
internal static unsafe class ProducerExports
{
    [UnmanagedCallersOnly(EntryPoint = "managed_producer_create")]
    public static int Create(byte* name, NativeProducerOptions* options, nint* producer)
    {
        if (name == null || options == null || producer == null)
        {
            return Failure.Null(name == null ? "name" : options == null ? "options" : "producer");
        }

        *producer = 0;
        if (options->Size != sizeof(NativeProducerOptions))
        {
            return Failure.StructSize("bips_producer_options", options->Size, sizeof(NativeProducerOptions));
        }

        try
        {
            HandleTable.Prepare();
            var created = Producer.Create(Checked.Text(name, "name"), options->ToOptions());
            *producer = HandleTable.AddOrClose(new ProducerHandle(created));
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure.Of(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_pull")]
    public static int Pull(nint producer, long timeout, NativeLease* lease)
    {
        if (Find(producer) is not { } handle)
        {
            return Failure.DeadHandle("producer");
        }

        if (lease == null)
        {
            return Failure.Null("lease");
        }

        try
        {
            PullStatus status = handle.Producer.Pull(out WriteLease taken, Timeouts.ToTimeSpan(timeout));
            if (status != PullStatus.Success)
            {
                *lease = default;
                return (int)status;
            }

            lease->Data = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(taken.Span));
            lease->Capacity = handle.BufferSize;
            lease->Length = handle.BufferSize;
            lease->Sequence = 0;
            lease->Timestamp = NativeLease.Now;
            lease->MetadataSize = handle.MetadataSize;
            lease->Metadata = handle.MetadataSize == 0
                ? null
                : (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(taken.Metadata));
            lease->Flags = 0;
            lease->BufferIndex = (uint)taken.BufferIndex;
            lease->Generation = taken.Store().Generation;
            lease->Owner = producer;
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure.Of(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_push")]
    public static int Push(nint producer, NativeLease* lease)
    {
        int status = CheckLease(producer, lease, out ProducerHandle? handle);
        if (status != Status.Ok)
        {
            return status;
        }

        try
        {
            if (lease->Length > handle!.BufferSize)
            {
                return Failure.Of(Status.Argument,
                    $"length is {lease->Length}; it must be at most {handle.BufferSize}, the pool's buffer size.");
            }

            long? timestamp = lease->Timestamp == NativeLease.Now ? null : lease->Timestamp;
            lease->Sequence = handle.Producer.Leases.Push((int)lease->BufferIndex, lease->Generation, (int)lease->Length,
                lease->Flags, timestamp);
            lease->End();
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure.Of(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_release")]
    public static int Release(nint producer, NativeLease* lease)
    {
        int status = CheckLease(producer, lease, out ProducerHandle? handle);
        if (status != Status.Ok)
        {
            return status;
        }

        try
        {
            if (!handle!.Producer.Leases.TryAbandon((int)lease->BufferIndex, lease->Generation))
            {
                return Failure.LeaseEnded();
            }

            lease->End();
            handle.RemoveIfDetached();
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure.Of(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_end")]
    public static int End(nint producer)
    {
        if (Find(producer) is not { } handle)
        {
            return Failure.DeadHandle("producer");
        }

        try
        {
            if (handle.IsClosed)
            {
                return Failure.Of(Status.Closed, "This producer was closed before.");
            }

            handle.End();
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure.Of(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_close")]
    public static int Close(nint producer)
    {
        try
        {
            return Find(producer) is not { } handle ? Failure.DeadHandle("producer")
                : handle.Close() ? Status.Ok
                : Failure.Of(Status.Closed, "This producer was closed before; leases of it are still open.");
        }
        catch (Exception e)
        {
            return Failure.Of(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_info")]
    public static int Info(nint producer, NativePoolInfo* info)
    {
        if (Find(producer) is not { } handle)
        {
            return Failure.DeadHandle("producer");
        }

        return Exports.FillInfo(handle, info);
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_get_statistics")]
    public static int Statistics(nint producer, NativeProducerStatistics* statistics)
    {
        if (Find(producer) is not { } handle)
        {
            return Failure.DeadHandle("producer");
        }

        if (statistics == null)
        {
            return Failure.Null("statistics");
        }

        if (statistics->Size != sizeof(NativeProducerStatistics))
        {
            return Failure.StructSize("bips_producer_statistics", statistics->Size, sizeof(NativeProducerStatistics));
        }

        try
        {
            ProducerCounts state = handle.Producer.ReadCounts();
            *statistics = new NativeProducerStatistics
            {
                Size = statistics->Size,
                Epoch = state.Epoch,
                Published = state.Published,
                Waits = state.Waits,
                Reaped = state.Reaped,
                EvictedStalled = state.EvictedStalled,
                EvictedBroken = state.EvictedBroken,
                TookOver = handle.Producer.IsTakeOver ? 1u : 0,
            };
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure.Of(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_consumers")]
    public static int Consumers(nint producer, NativeConsumerStatus* consumers, uint capacity, uint* count)
    {
        if (Find(producer) is not { } handle)
        {
            return Failure.DeadHandle("producer");
        }

        if (count == null || (consumers == null && capacity > 0))
        {
            return Failure.Null(count == null ? "count" : "consumers");
        }

        if (capacity > 0 && consumers->Size != sizeof(NativeConsumerStatus))
        {
            return Failure.StructSize("bips_consumer_status", consumers->Size, sizeof(NativeConsumerStatus));
        }

        try
        {
            IReadOnlyList<ConsumerStatus> attached = handle.Producer.Consumers();
            for (int i = 0; i < attached.Count && i < capacity; i++)
            {
                consumers[i] = NativeConsumerStatus.From(attached[i], (uint)sizeof(NativeConsumerStatus));
            }

            *count = (uint)attached.Count;
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure.Of(e);
        }
    }

    private static ProducerHandle? Find(nint value) => HandleTable.Find(value) as ProducerHandle;

    private static int CheckLease(nint producer, NativeLease* lease, out ProducerHandle? handle)
    {
        handle = Find(producer);
        return handle is null ? Failure.DeadHandle("producer") : Exports.CheckLease(handle, lease);
    }
}
