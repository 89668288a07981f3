using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Bips.Native.Abi;

namespace Bips.Native;

/// <summary>
/// The way into every export. No exception leaves it, because one that did would end the host: it returns the
/// exception's status and leaves its words to <c>bips_last_error</c>.
/// </summary>
internal static class Guard
{
    /// <param name="handle">The export's first argument; 0 where the call makes a handle instead of taking one.</param>
    /// <param name="call">
    /// The other arguments. Together with the handle they travel in registers, up to two of them; a struct with a third
    /// is copied through memory, which takes longer than all else that the guard does.
    /// </param>
    /// <returns>What the call returned, or the status of its exception.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "None may leave.")]
    public static int Run<TCall>(nint handle, TCall call)
        where TCall : struct, ICall
    {
        try
        {
            return call.Run(handle);
        }
        catch (Exception e)
        {
            return Report(e);
        }
    }

    private static int Report(Exception exception)
    {
        byte[] text = Encoding.UTF8.GetBytes(exception.Message);
        Shim.SetLastError(text, (nuint)text.Length);
        return StatusOf(exception);
    }

    private static int StatusOf(Exception exception) => exception switch
    {
        CallException call => call.Status,
        BipsException { Error: BipsError.PoolReplaced } => (int)PullStatus.PoolReplaced,
        BipsException { Error: BipsError.Evicted } => (int)PullStatus.Evicted,
        BipsException bips => -(int)bips.Error,
        ObjectDisposedException => Status.Closed,
        ArgumentException => Status.Argument,
        InvalidOperationException => Status.Busy,
        IOException or UnauthorizedAccessException or PlatformNotSupportedException => -(int)BipsError.System,
        _ => Status.Unexpected,
    };
}
