namespace Bips.Benchmarks.Alternatives;

/// <summary>Sends frames to one or more other processes by something else than a pool.</summary>
internal interface IFrameSender : IDisposable
{
    /// <summary>Waits for the receivers, which open while this does.</summary>
    void Connect();

    /// <summary>Where the next frame is to be written.</summary>
    Span<byte> Frame(int length);

    /// <summary>Sends what was written; waits while the receivers are too far behind.</summary>
    void Send(int length);
}
