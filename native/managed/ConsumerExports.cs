using Bips.Leases;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bips.Native.Abi;

namespace Bips.Native;

/// <summary>The consumer's functions of <c>bips.h</c>, each followed by what it does.</summary>
internal static unsafe class ConsumerExports
{
    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_open")]
    public static int Open(byte* name, NativeConsumerOptions* options, nint* consumer) =>
        Guard.Run(0, new OpenCall(name, options, consumer));

    private readonly struct OpenCall(byte* name, NativeConsumerOptions* options, nint* consumer) : ICall
    {
        public int Run(nint handle)
        {
            Checked.NotNull(name, nameof(name));
            Checked.NotNull(consumer, nameof(consumer));
            *consumer = 0;
            if (options != null)
            {
                Checked.Size(options);
            }

            HandleTable.Prepare();
            var opened = Consumer.Open(Checked.Text(name, nameof(name)), options == null ? null : options->ToOptions());
            *consumer = HandleTable.AddOrClose(new ConsumerHandle(opened));
            return Status.Ok;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_pull")]
    public static int Pull(nint consumer, long timeout, NativeLease* lease) =>
        Run(consumer, new PullCall(timeout, lease));

    private readonly struct PullCall(long timeout, NativeLease* lease) : IHandleCall<ConsumerHandle>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Run(ConsumerHandle handle)
        {
            Checked.NotNull(lease, nameof(lease));
            PullStatus status = handle.Consumer.Pull(out ReadLease taken, Timeouts.ToTimeSpan(timeout));
            if (status != PullStatus.Success)
            {
                *lease = default;
                return (int)status;
            }

            if (handle.IsClosed)
            {
                // Another thread closed the consumer since: nobody would ever give this frame back.
                taken.Dispose();
                handle.RemoveIfDetached();
                throw CallException.Closed<ConsumerHandle>();
            }

            lease->Data = NativeLease.AddressOf(taken.Span);
            lease->Capacity = handle.BufferSize;
            lease->Length = (ulong)taken.Length;
            lease->Sequence = taken.Sequence;
            lease->Timestamp = taken.Timestamp;
            lease->MetadataSize = handle.MetadataSize;
            lease->Metadata = handle.MetadataSize == 0 ? null : NativeLease.AddressOf(taken.Metadata);
            lease->Flags = taken.Flags;
            lease->BufferIndex = (uint)taken.BufferIndex;
            lease->Generation = taken.Store().Generation;
            lease->Owner = handle.Value;
            return Status.Ok;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_push")]
    public static int Push(nint consumer, NativeLease* lease) => Run(consumer, new PushCall(lease));

    private readonly struct PushCall(NativeLease* lease) : IHandleCall<ConsumerHandle>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Run(ConsumerHandle handle)
        {
            handle.CheckLease(lease);
            if (!handle.Consumer.Leases.TryRelease((int)lease->BufferIndex, lease->Generation))
            {
                throw LeaseErrors.Ended();
            }

            lease->End();
            handle.RemoveIfDetached();
            return Status.Ok;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_fd")]
    public static int Descriptor(nint consumer, int* descriptor) => Run(consumer, new DescriptorCall(descriptor));

    private readonly struct DescriptorCall(int* descriptor) : IHandleCall<ConsumerHandle>
    {
        public int Run(ConsumerHandle handle)
        {
            Checked.NotNull(descriptor, nameof(descriptor));
            if (handle.IsClosed)
            {
                throw CallException.Closed<ConsumerHandle>();
            }

            *descriptor = (int)handle.Consumer.ReadableHandle.DangerousGetHandle();
            return Status.Ok;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_close")]
    public static int Close(nint consumer) => Run(consumer, default(CloseCall<ConsumerHandle>));

    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_info")]
    public static int Info(nint consumer, NativePoolInfo* info) => Run(consumer, new InfoCall<ConsumerHandle>(info));

    [UnmanagedCallersOnly(EntryPoint = "managed_consumer_get_statistics")]
    public static int Statistics(nint consumer, NativeConsumerStatistics* statistics) =>
        Run(consumer, new StatisticsCall(statistics));

    private readonly struct StatisticsCall(NativeConsumerStatistics* statistics) : IHandleCall<ConsumerHandle>
    {
        public int Run(ConsumerHandle handle)
        {
            Checked.Struct(statistics, nameof(statistics));
            *statistics = new NativeConsumerStatistics
            {
                Size = statistics->Size,
                Lane = (uint)handle.Consumer.Lane,
                Taken = handle.Consumer.Taken,
                Lost = handle.Consumer.Lost,
            };
            return Status.Ok;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Run<TCall>(nint consumer, TCall call)
        where TCall : struct, IHandleCall<ConsumerHandle> => Guard.Run(consumer, new CallOf<TCall>(call));

    private readonly struct CallOf<TCall>(TCall call) : ICall
        where TCall : struct, IHandleCall<ConsumerHandle>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Run(nint handle) =>
            call.Run(HandleTable.Find(handle) as ConsumerHandle ?? throw CallException.DeadHandle<ConsumerHandle>());
    }
}
