using Bips.Benchmarks.Foreign;

namespace Bips.Benchmarks.Stations;

/// <summary>
/// Sends a stream with a producer in another language, in a process of its own on the same processor.
/// </summary>
internal sealed class ForeignSource(Station station)
{
    public void Perform()
    {
        var own = new StreamSource(station);
        var plan = StreamPlan.From(station.Words);
        foreach (Turn turn in station.Turns)
        {
            station.Meet();
            if (ForeignProgram.LanguageOf(turn) is ForeignProgram.Own)
            {
                own.Send(turn);
            }
            else
            {
                Send(turn, plan);
            }
        }
    }

    private void Send(Turn turn, StreamPlan plan)
    {
        using var program = ForeignProgram.StartSource(station, turn, plan);
        station.Meet();
        station.Meet();
        (double frames, double nanoseconds) = program.Send();
        if (!turn.IsWarmUp)
        {
            station.Ledger.AddQuotient($"{turn.Section}.rate", frames, nanoseconds / 1e9);
        }

        station.Meet();
    }
}
