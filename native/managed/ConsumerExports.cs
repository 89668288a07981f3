using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Native.Abi;

namespace Bips.Native;

/// <summary>The consumer's functions of <c>bips.h</c>. None of them lets an exception out.</summary>
[SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "An exception that left would end the host.")]
internal static unsafe class ConsumerExports
{
    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_open")]
    public static int Open(byte* name, NativeConsumerOptions* options, nint* consumer)
    {
        if (name == null || consumer == null)
        {
            return Failure.Null(name == null ? "name" : "consumer");
        }

        *consumer = 0;
        if (options != null && options->Size != sizeof(NativeConsumerOptions))
        {
            return Failure.StructSize("bips_consumer_options", options->Size, sizeof(NativeConsumerOptions));
        }

        try
        {
            HandleTable.Prepare();
            var opened = Consumer.Open(Checked.Text(name, "name"), options == null ? null : options->ToOptions());
            *consumer = HandleTable.AddOrClose(new ConsumerHandle(opened));
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure.Of(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_pull")]
    public static int Pull(nint consumer, long timeout, NativeLease* lease)
    {
        if (Find(consumer) is not { } handle)
        {
            return Failure.DeadHandle("consumer");
        }

        if (lease == null)
        {
            return Failure.Null("lease");
        }

        try
        {
            PullStatus status = handle.Consumer.Pull(out ReadLease taken, Timeouts.ToTimeSpan(timeout));
            if (status != PullStatus.Success)
            {
                *lease = default;
                return (int)status;
            }

            lease->Data = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(taken.Span));
            lease->Capacity = handle.BufferSize;
            lease->Length = (ulong)taken.Length;
            lease->Sequence = taken.Sequence;
            lease->Timestamp = taken.Timestamp;
            lease->MetadataSize = handle.MetadataSize;
            lease->Metadata = handle.MetadataSize == 0
                ? null
                : (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(taken.Metadata));
            lease->Flags = taken.Flags;
            lease->BufferIndex = (uint)taken.BufferIndex;
            lease->Generation = taken.Store().Generation;
            lease->Owner = consumer;
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure.Of(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_push")]
    public static int Push(nint consumer, NativeLease* lease)
    {
        if (Find(consumer) is not { } handle)
        {
            return Failure.DeadHandle("consumer");
        }

        int status = Exports.CheckLease(handle, lease);
        if (status != Status.Ok)
        {
            return status;
        }

        try
        {
            if (!handle.Consumer.Leases.TryRelease((int)lease->BufferIndex, lease->Generation))
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

    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_fd")]
    public static int Descriptor(nint consumer, int* descriptor)
    {
        if (Find(consumer) is not { } handle)
        {
            return Failure.DeadHandle("consumer");
        }

        if (descriptor == null)
        {
            return Failure.Null("descriptor");
        }

        try
        {
            if (handle.IsClosed)
            {
                return Failure.Of(Status.Closed, "This consumer was closed before.");
            }

            *descriptor = (int)handle.Consumer.ReadableHandle.DangerousGetHandle();
            return Status.Ok;
        }
        catch (Exception e)
        {
            return Failure.Of(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_close")]
    public static int Close(nint consumer)
    {
        try
        {
            return Find(consumer) is not { } handle ? Failure.DeadHandle("consumer")
                : handle.Close() ? Status.Ok
                : Failure.Of(Status.Closed, "This consumer was closed before; leases of it are still open.");
        }
        catch (Exception e)
        {
            return Failure.Of(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_info")]
    public static int Info(nint consumer, NativePoolInfo* info)
    {
        if (Find(consumer) is not { } handle)
        {
            return Failure.DeadHandle("consumer");
        }

        return Exports.FillInfo(handle, info);
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_get_statistics")]
    public static int Statistics(nint consumer, NativeConsumerStatistics* statistics)
    {
        if (Find(consumer) is not { } handle)
        {
            return Failure.DeadHandle("consumer");
        }

        if (statistics == null)
        {
            return Failure.Null("statistics");
        }

        if (statistics->Size != sizeof(NativeConsumerStatistics))
        {
            return Failure.StructSize("bips_consumer_statistics", statistics->Size, sizeof(NativeConsumerStatistics));
        }

        *statistics = new NativeConsumerStatistics
        {
            Size = statistics->Size,
            Lane = (uint)handle.Consumer.Lane,
            Taken = handle.Consumer.Taken,
            Lost = handle.Consumer.Lost,
        };
        return Status.Ok;
    }

    private static ConsumerHandle? Find(nint value) => HandleTable.Find(value) as ConsumerHandle;
}
