using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Foreign;

namespace Bips.Benchmarks.Stations;

/// <summary>
/// Receives a stream with a consumer in another language, in a process of its own on the same processor.
/// </summary>
internal sealed class ForeignSink(Station station)
{
    public void Perform()
    {
        foreach (Turn turn in station.Turns)
        {
            station.Meet();
            station.Meet();
            if (ForeignProgram.LanguageOf(turn) is ForeignProgram.Own)
            {
                Receive(PoolChoice.From(turn.Section));
            }
            else
            {
                using var program = ForeignProgram.StartSink(station, turn);
                station.Meet();
                program.WaitForEnd();
            }

            station.Meet();
        }
    }

    private void Receive(PoolChoice choice)
    {
        using Consumer consumer = station.OpenPool(StreamSource.PoolName, choice.Mode, choice.Policy);
        station.Meet();
        var sink = new PoolSink(consumer);
        while (sink.Next(Touch.None))
        {
            // Until the end of the stream.
        }
    }
}
