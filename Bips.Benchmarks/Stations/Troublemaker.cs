using Bips.Benchmarks.Harness;
using Bips.Processes;

namespace Bips.Benchmarks.Stations;

/// <summary>
/// Starts a second consumer beside the healthy one of a stream, in a process of its own, and stops or kills it.
/// </summary>
internal sealed class Troublemaker(Station station)
{
    public void Perform()
    {
        foreach (Turn turn in station.Turns)
        {
            Trouble trouble = Enum.Parse<Trouble>(turn.Section[(turn.Section.LastIndexOf('=') + 1)..]);
            station.Meet();
            station.Meet();
            using (VictimProcess? victim = trouble == Trouble.Nobody
                ? null
                : VictimProcess.Start(station.Directory, trouble))
            {
                if (trouble == Trouble.Stopped)
                {
                    victim!.Send(Signal.Stop);
                }

                station.Meet();
                if (trouble == Trouble.Crashing)
                {
                    Idle.For(station.UncountedTime(turn) + (station.CountedTime(turn) / 2));
                    victim!.Send(Signal.Kill);
                }

                station.Meet();
            }
        }
    }
}
