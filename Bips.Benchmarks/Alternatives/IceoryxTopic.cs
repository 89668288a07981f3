using System.Globalization;
using Bips.Benchmarks.Imports;
using Bips.Benchmarks.Stations;

namespace Bips.Benchmarks.Alternatives;

/// <summary>What publisher and subscribers of a trial find one another by.</summary>
internal readonly record struct IceoryxTopic(string Service, string Instance, string Name)
{
    private static bool s_isRegistered;

    /// <summary>The topic; the first call makes the process known to iceoryx.</summary>
    public static IceoryxTopic Of(Station station, StreamPlan plan)
    {
        string trial = Path.GetFileName(station.Directory);
        if (!s_isRegistered)
        {
            s_isRegistered = true;
            Iceoryx.Log(Iceoryx.Warnings);
            Iceoryx.Register(string.Create(CultureInfo.InvariantCulture, $"{trial}-{Environment.ProcessId}"));
        }

        return new("bips-benchmarks", trial,
            string.Create(CultureInfo.InvariantCulture, $"{plan.FrameSize}-{plan.Sinks}"));
    }
}
