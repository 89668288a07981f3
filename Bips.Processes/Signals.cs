using System.Globalization;
using System.Runtime.InteropServices;

namespace Bips.Processes;

/// <summary>Sends signals to processes by number.</summary>
public static partial class Signals
{
    /// <exception cref="InvalidOperationException">
    /// There is no such process, or it belongs to somebody else.
    /// </exception>
    public static void Send(int processId, Signal signal)
    {
        if (SendSignal(processId, (int)signal) != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"Cannot send {signal} to process {processId}: {Marshal.GetLastPInvokeErrorMessage()}."));
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
