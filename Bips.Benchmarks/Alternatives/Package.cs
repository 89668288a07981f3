namespace Bips.Benchmarks.Alternatives;

/// <summary>What an alternative belongs to.</summary>
internal enum Package
{
    /// <summary>Linux and .NET.</summary>
    System,

    /// <summary>ZeroMQ.</summary>
    ZeroMq,

    /// <summary>GStreamer with its base and bad plugins.</summary>
    GStreamer,

    /// <summary>iceoryx with its daemon.</summary>
    Iceoryx,
}
