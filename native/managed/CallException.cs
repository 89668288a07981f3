using Bips.Native.Abi;

namespace Bips.Native;

/// <summary>A C program gave what the types of the library rule out; carries the status of the call.</summary>
internal sealed class CallException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    public static CallException Argument(string message) => new(Abi.Status.Argument, message);

    public static CallException DeadHandle<THandle>()
        where THandle : INamed =>
        new(Abi.Status.Handle, $"This is no {THandle.Name}: it was closed before, or never opened.");

    public static CallException Closed<THandle>()
        where THandle : INamed =>
        new(Abi.Status.Closed, $"This {THandle.Name} was closed before.");

    public static CallException ClosedWithLeases<THandle>()
        where THandle : INamed =>
        new(Abi.Status.Closed, $"This {THandle.Name} was closed before; leases of it are still open.");

    public static CallException ForeignLease() => new(Abi.Status.ForeignLease,
        "This lease was not handed out by this handle: push it to the handle that it was pulled from.");

    public static CallException StructSize<T>(uint size, int expected)
        where T : INamed =>
        new(Abi.Status.StructSize,
            $"{T.Name}.size is {size} and this library knows {expected}: set it to sizeof({T.Name}), and use a " +
            "header of this library's version or an older one.");
}
