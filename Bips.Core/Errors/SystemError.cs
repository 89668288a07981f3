using System.Runtime.InteropServices;
using Bips.Signaler.Kernel;

namespace Bips.Errors;

/// <summary>Turns the last failed system call into an exception.</summary>
internal static class SystemError
{
    /// <param name="attempt">What was tried, to follow "cannot".</param>
    public static BipsException Last(string attempt)
    {
        int number = Marshal.GetLastPInvokeError();
        return From(number, attempt);
    }

    public static BipsException From(int number, string attempt) => new(
        number switch
        {
            LibC.EACCES or LibC.EPERM => BipsError.AccessDenied,
            LibC.ENOSPC => BipsError.NoSpace,
            _ => BipsError.System,
        },
        $"Cannot {attempt}: {Marshal.GetPInvokeErrorMessage(number)} (errno {number}).");
}
