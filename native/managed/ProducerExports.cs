using Bips.Leases;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Layout;
using Bips.Native.Abi;

namespace Bips.Native;

/// <summary>The producer's functions of <c>bips.h</c>, each followed by what it does.</summary>
internal static unsafe class ProducerExports
{
    [UnmanagedCallersOnly(EntryPoint = "managed_producer_create")]
    public static int Create(byte* name, NativeProducerOptions* options, nint* producer) =>
        Guard.Run(0, new CreateCall(name, options, producer));

    private readonly struct CreateCall(byte* name, NativeProducerOptions* options, nint* producer) : ICall
    {
        public int Run(nint handle)
        {
            Checked.NotNull(name, nameof(name));
            Checked.NotNull(options, nameof(options));
            Checked.NotNull(producer, nameof(producer));
            *producer = 0;
            Checked.Size(options);
            HandleTable.Prepare();
            var created = Producer.Create(Checked.Text(name, nameof(name)), options->ToOptions());
            *producer = HandleTable.AddOrClose(new ProducerHandle(created));
            return Status.Ok;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_pull")]
    public static int Pull(nint producer, long timeout, NativeLease* lease) =>
        Run(producer, new PullCall(timeout, lease));

    private readonly struct PullCall(long timeout, NativeLease* lease) : IHandleCall<ProducerHandle>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Run(ProducerHandle handle)
        {
            Checked.NotNull(lease, nameof(lease));
            PullStatus status = handle.Producer.Pull(out WriteLease taken, Timeouts.ToTimeSpan(timeout));
            if (status != PullStatus.Success)
            {
                *lease = default;
                return (int)status;
            }

            lease->Data = handle.Producer.Leases.Payload.Address(taken.BufferIndex);
            lease->Capacity = handle.BufferSize;
            lease->Length = handle.BufferSize;
            lease->Sequence = 0;
            lease->Timestamp = NativeLease.Now;
            lease->MetadataSize = handle.MetadataSize;
            lease->Metadata = handle.MetadataSize == 0
                ? null
                : NativeLease.AddressOf(handle.Producer.Leases.Payload.Metadata(taken.BufferIndex));
            lease->Flags = 0;
            lease->BufferIndex = (uint)taken.BufferIndex;
            lease->Generation = taken.Store().Generation;
            lease->Owner = handle.Value;
            if (handle.IsEnded)
            {
                // Another thread closed the producer since: nobody would ever give this buffer back.
                taken.Dispose();
                lease->End();
                handle.RemoveIfDetached();
                throw CallException.Closed<ProducerHandle>();
            }

            return Status.Ok;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_push")]
    public static int Push(nint producer, NativeLease* lease) => Run(producer, new PushCall(lease));

    private readonly struct PushCall(NativeLease* lease) : IHandleCall<ProducerHandle>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Run(ProducerHandle handle)
        {
            handle.CheckLease(lease);
            if (lease->Length > handle.BufferSize)
            {
                throw CallException.Argument(
                    $"length is {lease->Length}; it must be at most {handle.BufferSize}, the pool's buffer size.");
            }

            long? timestamp = lease->Timestamp == NativeLease.Now ? null : lease->Timestamp;
            try
            {
                lease->Sequence = handle.Producer.Leases.Push(
                    (int)lease->BufferIndex, lease->Generation, (int)lease->Length, lease->Flags, timestamp);
            }
            catch (ObjectDisposedException)
            {
                // The lease has ended with that, and the last one of a closed handle takes the handle with it.
                lease->End();
                handle.RemoveIfDetached();
                throw;
            }

            lease->End();
            return Status.Ok;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_release")]
    public static int Release(nint producer, NativeLease* lease) => Run(producer, new ReleaseCall(lease));

    private readonly struct ReleaseCall(NativeLease* lease) : IHandleCall<ProducerHandle>
    {
        public int Run(ProducerHandle handle)
        {
            handle.CheckLease(lease);
            if (!handle.Producer.Leases.TryAbandon((int)lease->BufferIndex, lease->Generation))
            {
                throw LeaseErrors.Ended();
            }

            lease->End();
            handle.RemoveIfDetached();
            return Status.Ok;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_end")]
    public static int End(nint producer) => Run(producer, default(EndCall));

    private readonly struct EndCall : IHandleCall<ProducerHandle>
    {
        public int Run(ProducerHandle handle)
        {
            if (handle.IsClosed)
            {
                throw CallException.Closed<ProducerHandle>();
            }

            handle.End();
            return Status.Ok;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_close")]
    public static int Close(nint producer) => Run(producer, default(CloseCall<ProducerHandle>));

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_info")]
    public static int Info(nint producer, NativePoolInfo* info) => Run(producer, new InfoCall<ProducerHandle>(info));

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_get_statistics")]
    public static int Statistics(nint producer, NativeProducerStatistics* statistics) =>
        Run(producer, new StatisticsCall(statistics));

    private readonly struct StatisticsCall(NativeProducerStatistics* statistics) : IHandleCall<ProducerHandle>
    {
        public int Run(ProducerHandle handle)
        {
            Checked.Struct(statistics, nameof(statistics));
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
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_producer_consumers")]
    public static int Consumers(nint producer, NativeConsumerStatus* consumers, uint capacity, uint* count) =>
        Run(producer, new ConsumersCall(consumers, capacity, count));

    private readonly struct ConsumersCall(NativeConsumerStatus* consumers, uint capacity, uint* count)
        : IHandleCall<ProducerHandle>
    {
        public int Run(ProducerHandle handle)
        {
            Checked.NotNull(count, nameof(count));
            if (capacity > 0)
            {
                Checked.Struct(consumers, nameof(consumers));
            }

            IReadOnlyList<ConsumerStatus> attached = handle.Producer.Consumers();
            for (int i = 0; i < attached.Count && i < capacity; i++)
            {
                consumers[i] = NativeConsumerStatus.From(attached[i], (uint)sizeof(NativeConsumerStatus));
            }

            *count = (uint)attached.Count;
            return Status.Ok;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Run<TCall>(nint producer, TCall call)
        where TCall : struct, IHandleCall<ProducerHandle> => Guard.Run(producer, new CallOf<TCall>(call));

    private readonly struct CallOf<TCall>(TCall call) : ICall
        where TCall : struct, IHandleCall<ProducerHandle>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Run(nint handle) =>
            call.Run(HandleTable.Find(handle) as ProducerHandle ?? throw CallException.DeadHandle<ProducerHandle>());
    }
}
