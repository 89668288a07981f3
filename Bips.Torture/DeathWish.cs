using System.Diagnostics;
using Bips.Signaler;

namespace Bips.Torture;

/// <summary>Kills this process with SIGKILL when it has done a step for the n-th time.</summary>
internal static class DeathWish
{
    public static void Make(string step, int occurrence)
    {
        if (step.Length == 0)
        {
            return;
        }

        int left = occurrence;
        CrashPoint.Observer = reached =>
        {
            if (reached.Equals(step, StringComparison.Ordinal) && --left == 0)
            {
                Process.GetCurrentProcess().Kill();
                while (true)
                {
                    // SIGKILL is on its way to this process, which must do nothing more.
                }
            }
        };
    }
}
