using System.Runtime.InteropServices;

namespace Bips.Benchmarks.Imports;

/// <summary>What is needed of ZeroMQ.</summary>
internal static unsafe partial class ZeroMq
{
    public const int PUSH = 8;
    public const int PULL = 7;
    public const int LINGER = 17;
    public const int SNDHWM = 23;
    public const int RCVHWM = 24;

    private const string Library = "libzmq.so.5";
    private const int EINTR = 4;

    /// <summary>A <c>zmq_msg_t</c>.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    public struct Message
    {
        private readonly ulong _opaque;
    }

    public static string? Obstacle() => Presence.Obstacle("libzmq5", Library);

    /// <summary>Repeats a call that a signal interrupted.</summary>
    /// <exception cref="InvalidOperationException">It failed for another reason.</exception>
    public static int Check(Func<int> call)
    {
        while (true)
        {
            int result = call();
            if (result >= 0)
            {
                return result;
            }

            int error = Error();
            if (error != EINTR)
            {
                throw new InvalidOperationException($"ZeroMQ: {Marshal.PtrToStringUTF8(Describe(error))}.");
            }
        }
    }

    [LibraryImport(Library, EntryPoint = "zmq_ctx_new")]
    public static partial nint CreateContext();

    [LibraryImport(Library, EntryPoint = "zmq_ctx_term")]
    public static partial int EndContext(nint context);

    [LibraryImport(Library, EntryPoint = "zmq_socket")]
    public static partial nint CreateSocket(nint context, int type);

    [LibraryImport(Library, EntryPoint = "zmq_close")]
    public static partial int CloseSocket(nint socket);

    [LibraryImport(Library, EntryPoint = "zmq_setsockopt")]
    public static partial int SetOption(nint socket, int option, in int value, nuint length);

    [LibraryImport(Library, EntryPoint = "zmq_bind", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Bind(nint socket, string address);

    [LibraryImport(Library, EntryPoint = "zmq_connect", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Connect(nint socket, string address);

    [LibraryImport(Library, EntryPoint = "zmq_send")]
    public static partial int Send(nint socket, byte* data, nuint length, int flags);

    /// <param name="message">The message to be.</param>
    /// <param name="data">Not copied.</param>
    /// <param name="length">Bytes of it.</param>
    /// <param name="free">Called, from ZeroMQ's thread, when it is not needed any more.</param>
    /// <param name="hint">For that call.</param>
    [LibraryImport(Library, EntryPoint = "zmq_msg_init_data")]
    public static partial int WrapMessage(Message* message, byte* data, nuint length,
        delegate* unmanaged<void*, void*, void> free, void* hint);

    [LibraryImport(Library, EntryPoint = "zmq_msg_init")]
    public static partial int InitialiseMessage(Message* message);

    [LibraryImport(Library, EntryPoint = "zmq_msg_send")]
    public static partial int SendMessage(Message* message, nint socket, int flags);

    [LibraryImport(Library, EntryPoint = "zmq_msg_recv")]
    public static partial int ReceiveMessage(Message* message, nint socket, int flags);

    [LibraryImport(Library, EntryPoint = "zmq_msg_data")]
    public static partial byte* MessageData(Message* message);

    [LibraryImport(Library, EntryPoint = "zmq_msg_close")]
    public static partial int CloseMessage(Message* message);

    [LibraryImport(Library, EntryPoint = "zmq_errno")]
    private static partial int Error();

    [LibraryImport(Library, EntryPoint = "zmq_strerror")]
    private static partial nint Describe(int error);
}
