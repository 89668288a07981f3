using System.Diagnostics;

namespace Bips.Signaler;

/// <summary>
/// Places in the protocol at which the torture run kills a process: behind each step, under the step's name. Only its
/// own build of the sources defines the symbol; everywhere else the calls are not compiled.
/// </summary>
internal static class CrashPoint
{
    /// <summary>Told each step that this process has just done.</summary>
    public static Action<string>? Observer { get; set; }

    [Conditional("BIPS_CRASH_POINTS")]
    public static void Reached(string step) => Observer?.Invoke(step);
}
