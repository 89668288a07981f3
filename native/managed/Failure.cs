using System.Text;
using Bips.Leases;
using Bips.Native.Abi;

namespace Bips.Native;

/// <summary>Turns whatever went wrong into a status, and leaves the words to <c>bips_last_error</c>.</summary>
internal static unsafe class Failure
{
    public static int Of(Exception exception) => Of(StatusOf(exception), exception.Message);

    public static int Of(int status, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* first = bytes)
        {
            Shim.SetLastError(first, (nuint)bytes.Length);
        }

        return status;
    }

    public static int Null(string argument) => Of(Status.Argument, $"{argument} is NULL.");

    public static int DeadHandle(string kind) => Of(Status.Handle,
        $"This is no {kind}: it was closed before, or never opened.");

    public static int ForeignLease() => Of(Status.ForeignLease,
        "This lease was not handed out by this handle: push it to the handle that it was pulled from.");

    public static int LeaseEnded() => Of(LeaseErrors.Ended());

    public static int StructSize(string name, uint size, int expected) => Of(Status.StructSize,
        $"{name}.size is {size} and this library knows {expected}: set it to sizeof({name}), and use a header of this " +
        "library's version or an older one.");

    private static int StatusOf(Exception exception) => exception switch
    {
        BipsException { Error: BipsError.PoolReplaced } => (int)PullStatus.PoolReplaced,
        BipsException { Error: BipsError.Evicted } => (int)PullStatus.Evicted,
        BipsException bips => -(int)bips.Error,
        ObjectDisposedException => Status.Closed,
        ArgumentException or InvalidFieldException => Status.Argument,
        InvalidOperationException => Status.Busy,
        IOException or UnauthorizedAccessException or PlatformNotSupportedException => -(int)BipsError.System,
        _ => Status.Unexpected,
    };
}
