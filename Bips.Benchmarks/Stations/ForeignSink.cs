using System.Diagnostics;
using Bips.Benchmarks.Ends;
using Bips.Benchmarks.Foreign;

namespace Bips.Benchmarks.Stations;

/// <summary>Receives a stream with a consumer in another language, in a process of its own on the same processor.</summary>
internal sealed class ForeignSink(Station station)
{
    /// <summary>Stands for a consumer in this process, with which the others are compared.</summary>
    private const string Own = "csharp";

    private const string ReadyLine = "ready";

    public void Perform()
    {
        foreach (Turn turn in station.Turns)
        {
            string language = turn.Section[(turn.Section.LastIndexOf('=') + 1)..];
            station.Meet();
            station.Meet();
            if (language is Own)
            {
                Receive(PoolChoice.From(turn.Section));
            }
            else
            {
                ReceiveBy(language);
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

    private void ReceiveBy(string language)
    {
        using Process process = Process.Start(
            ForeignPrefix.Describe(language, StreamSource.PoolName, station.Directory))!;
        try
        {
            bool isReady = process.StandardOutput.ReadLine() is ReadyLine;
            station.Meet();
            process.WaitForExit();
            if (!isReady || process.ExitCode != 0)
            {
                throw new InvalidOperationException($"The {language} consumer failed; what it said is above.");
            }
        }
        finally
        {
            process.Kill();
        }
    }
}
