using Bips.Signaler;

namespace Bips.Benchmarks.Harness;

/// <summary>A meeting of all processes of a trial, again and again: nobody goes on before everybody has come.</summary>
/// <remarks>
/// One counter in shared memory that only grows: meeting n is over when it has reached n times the parties.
/// </remarks>
internal sealed unsafe class Rendezvous(uint* arrived, int parties)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private uint _meetings;

    /// <exception cref="TimeoutException">Somebody did not come: most likely it failed.</exception>
    public void Meet()
    {
        uint complete = ++_meetings * (uint)parties;
        if (Ordering.FetchAdd(ref *arrived, 1) + 1 == complete)
        {
            Futex.Wake(ref *arrived);
            return;
        }

        Deadline deadline = Deadline.After(s_patience);
        uint seen;
        while ((int)((seen = Ordering.LoadAcquire(ref *arrived)) - complete) < 0)
        {
            if (Futex.Wait(ref *arrived, seen, deadline) == FutexResult.TimedOut)
            {
                throw new TimeoutException(
                    $"Only {seen + (uint)parties - complete} of {parties} processes came to meeting {_meetings}.");
            }
        }
    }
}
