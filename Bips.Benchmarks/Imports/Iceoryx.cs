using System.Runtime.InteropServices;

namespace Bips.Benchmarks.Imports;

/// <summary>What is needed of iceoryx 2.0 (its C binding).</summary>
internal static unsafe partial class Iceoryx
{
    public const int AllocationSuccess = 8;
    public const int OutOfChunks = 1;
    public const int TooManyChunks = 2;
    public const int ReceiveSuccess = 3;
    public const int NoChunk = 1;
    public const int Subscribed = 2;
    public const int Warnings = 4;

    public const string Library = "libiceoryx_binding_c.so.2";

    /// <summary>An <c>iox_pub_options_t</c>. Its defaults come from iceoryx.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PublisherOptions
    {
        public ulong History;
        public nint NodeName;
        public byte OffersOnCreate;
        public int WhenSubscriberIsSlow;
        public ulong Check;
    }

    /// <summary>An <c>iox_sub_options_t</c>. Its defaults come from iceoryx.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SubscriberOptions
    {
        public ulong QueueCapacity;
        public ulong History;
        public nint NodeName;
        public byte SubscribesOnCreate;
        public int WhenQueueIsFull;
        public byte RequiresHistory;
        public ulong Check;
    }

    [LibraryImport(Library, EntryPoint = "iox_set_loglevel")]
    public static partial void Log(int level);

    [LibraryImport(Library, EntryPoint = "iox_runtime_init", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void Register(string name);

    [LibraryImport(Library, EntryPoint = "iox_pub_options_init")]
    public static partial void Default(out PublisherOptions options);

    [LibraryImport(Library, EntryPoint = "iox_sub_options_init")]
    public static partial void Default(out SubscriberOptions options);

    [LibraryImport(Library, EntryPoint = "iox_pub_init", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint CreatePublisher(ulong* storage, string service, string instance, string topic,
        in PublisherOptions options);

    [LibraryImport(Library, EntryPoint = "iox_pub_deinit")]
    public static partial void EndPublisher(nint publisher);

    /// <param name="publisher">Who lends.</param>
    /// <param name="payload">Where to write.</param>
    /// <param name="length">Bytes of the payload.</param>
    /// <param name="alignment">Of the payload.</param>
    /// <param name="headerLength">Bytes in front of it that are the user's, too.</param>
    /// <param name="headerAlignment">Of those.</param>
    [LibraryImport(Library, EntryPoint = "iox_pub_loan_aligned_chunk_with_user_header")]
    public static partial int Loan(nint publisher, out byte* payload, uint length, uint alignment, uint headerLength,
        uint headerAlignment);

    [LibraryImport(Library, EntryPoint = "iox_pub_publish_chunk")]
    public static partial void Publish(nint publisher, byte* payload);

    [LibraryImport(Library, EntryPoint = "iox_sub_init", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint CreateSubscriber(ulong* storage, string service, string instance, string topic,
        in SubscriberOptions options);

    [LibraryImport(Library, EntryPoint = "iox_sub_deinit")]
    public static partial void EndSubscriber(nint subscriber);

    [LibraryImport(Library, EntryPoint = "iox_sub_get_subscription_state")]
    public static partial int StateOf(nint subscriber);

    [LibraryImport(Library, EntryPoint = "iox_sub_take_chunk")]
    public static partial int Take(nint subscriber, out byte* payload);

    [LibraryImport(Library, EntryPoint = "iox_sub_release_chunk")]
    public static partial void Release(nint subscriber, byte* payload);

    /// <summary>iceoryx' own header of a chunk.</summary>
    [LibraryImport(Library, EntryPoint = "iox_chunk_header_from_user_payload_const")]
    public static partial nint HeaderOf(byte* payload);

    /// <summary>The user's part of a header.</summary>
    [LibraryImport(Library, EntryPoint = "iox_chunk_header_to_user_header_const")]
    public static partial nint UserHeaderOf(nint header);

    [LibraryImport(Library, EntryPoint = "iox_ws_init")]
    public static partial nint CreateWaitSet(ulong* storage);

    [LibraryImport(Library, EntryPoint = "iox_ws_deinit")]
    public static partial void EndWaitSet(nint waitSet);

    [LibraryImport(Library, EntryPoint = "iox_ws_attach_subscriber_state")]
    public static partial int Attach(nint waitSet, nint subscriber, int state, ulong id, nint callback);

    [LibraryImport(Library, EntryPoint = "iox_ws_wait")]
    public static partial ulong Wait(nint waitSet, nint* notifications, ulong capacity, out ulong missed);
}
